#include "dko/expression/reader.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "format.hpp"

namespace dko {

namespace {

// The first that accepts a file reads it.
constexpr std::array formats{Format{"text, genes × cells", accepts_text, read_text}};

std::string first_bytes(const std::filesystem::path& path) {
  require_readable(path);
  std::ifstream file(path, std::ios::binary);
  std::string start(512, '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(file.gcount()));
  if (start.empty()) throw InputError(fmt::format("{}: is empty", path.string()));
  return start;
}

}  // namespace

ExpressionMatrix read_expression(const std::filesystem::path& path, Log& log) {
  const std::string start = first_bytes(path);
  for (const Format& format : formats) {
    if (!format.accepts(start)) continue;
    ExpressionMatrix matrix = format.read(path, log);
    check_matrix(matrix, path, log);
    log.info("{}: {} × {}, {} of {} entries expressed ({})", path.string(), counted(matrix.genes(), "gene"),
             counted(matrix.cells(), "cell"), with_thousands(matrix.nonzeros()),
             with_thousands(matrix.genes() * matrix.cells()), format.name);
    return matrix;
  }
  if (start.starts_with("\x89HDF")) {
    throw InputError(
        fmt::format("{}: is in no format that dko reads: of HDF5 files (h5ad, 10x) none yet; write a CSV of "
                    "genes × cells instead, in Python adata.to_df().T.to_csv(\"expression.csv\")",
                    path.string()));
  }
  throw InputError(
      fmt::format("{}: is in no format that dko reads (CSV or TSV, plain or gzip)", path.string()));
}

}  // namespace dko
