#include "dko/expression/reader.hpp"

#include <fmt/format.h>

#include <array>
#include <system_error>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/hdf5/file.hpp"
#include "format.hpp"
#include "other_programs.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

constexpr auto anndata = "AnnData";
constexpr FormatOptions of_text{.orientation = true};

// The first that accepts a file reads it.
constexpr std::array formats{Format{anndata, {.layer = true}, accepts_h5ad, read_h5ad},
                             Format{"10x HDF5", {.genome = true}, accepts_tenx, read_tenx},
                             Format{"MatrixMarket", of_text, accepts_matrix_market, read_matrix_market},
                             Format{"text", of_text, accepts_text, read_text}};

Source source_of(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {path, true, false, false, {}};
  constexpr std::size_t enough = 4096;
  Source source{path, false, is_gzip(path), false, leading_bytes(path, enough)};
  source.is_hdf5 = !source.is_gzip && hdf5::is_hdf5(path);
  if (source.start.empty() && fs::file_size(path, error) == 0)
    throw InputError(fmt::format("{}: is empty", path.string()));
  return source;
}

void require_known(const ReadOptions& options, const Format& format, const fs::path& path) {
  const auto refuse = [&](const char* option, const char* of) {
    throw UsageError(
        fmt::format("{} is for {}, and {} is {}", parameter(option), of, path.string(), format.name));
  };
  if (!options.layer.empty() && !format.knows.layer) refuse("layer", "AnnData files");
  if (options.raw && !format.knows.layer) refuse("raw", "AnnData files");
  if (!options.genome.empty() && !format.knows.genome) refuse("genome", "10x HDF5 files");
  if (options.orientation && !format.knows.orientation) refuse("orientation", "text and MatrixMarket");
}

const Format& format_of(const Source& source) {
  if (const auto words = named_as_foreign(source))
    throw InputError(fmt::format("{}: {}", source.path.string(), *words));
  for (const Format& format : formats) {
    if (format.accepts(source)) return format;
  }
  throw InputError(fmt::format("{}: {}", source.path.string(), way_out(source)));
}

}  // namespace

ExpressionMatrix read_expression(const fs::path& path, const ReadOptions& options, Log& log) {
  const Source source = source_of(path);
  const Format& format = format_of(source);
  require_known(options, format, path);
  ExpressionMatrix matrix = format.read(path, options, log);
  check_matrix(matrix, path);
  log.info("{}: {} × {}, {} of {} entries expressed ({})", path.string(), counted(matrix.genes(), "gene"),
           counted(matrix.cells(), "cell"), with_thousands(matrix.nonzeros()),
           with_thousands(matrix.genes() * matrix.cells()), format.name);
  return matrix;
}

namespace {

void require_cell_columns(const fs::path& path) {
  const std::string format = format_name(path);
  if (format == anndata) return;
  throw InputError(fmt::format(
      "{}: {} files have no columns that describe cells; AnnData files have: give a table of them "
      "by {}",
      path.string(), format, parameter("obs-file")));
}

}  // namespace

std::string format_name(const fs::path& path) {
  return std::string(format_of(source_of(path)).name);
}

bool has_cell_columns(const fs::path& path) {
  return format_name(path) == anndata;
}

CellColumn read_cell_column(const fs::path& path, const std::string& name) {
  require_cell_columns(path);
  return read_h5ad_cell_column(path, name);
}

Names cell_column_titles(const fs::path& path) {
  require_cell_columns(path);
  return h5ad_cell_column_titles(path);
}

}  // namespace dko
