#include "matrix_market_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <system_error>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

// 10x Genomics and STARsolo, kallisto|bustools, Parse Biosciences, and what others made of these.
constexpr std::array gene_lists{"features.tsv",   "genes.tsv",      "features.txt",  "genes.txt",
                                "all_genes.csv",  "features.csv",   "genes.csv",     "genes.names.txt",
                                "gene_names.tsv", "gene_names.txt", "gene_names.csv"};
constexpr std::array cell_lists{"barcodes.tsv",   "cells.tsv",     "barcodes.txt",      "cells.txt",
                                "barcodes.csv",   "cells.csv",     "cell_metadata.csv", "cell_names.tsv",
                                "cell_names.txt", "cell_names.csv"};
// alevin and alevin-fry, whose quants_mat.mtx has a row for each cell
constexpr std::string_view alevin = "quants_mat";
constexpr auto alevin_genes = "cols.txt";
constexpr auto alevin_cells = "rows.txt";
constexpr auto alevin_symbols = "gene_id_to_name.tsv";
constexpr auto kallisto_genes = "genes.txt";
constexpr auto kallisto_symbols = "genes.names.txt";

/// Names that programs give to matrices beside which they write lists.
constexpr std::array known_matrices{"matrix",     "count_matrix", "DGE",       "cells_x_genes",
                                    "quants_mat", "spliced",      "unspliced", "UniqueAndMult-EM"};

/// The name of a file without ".gz".
std::string plain_name(const fs::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

std::string stem_of(const fs::path& matrix) {
  std::string stem = plain_name(matrix);
  if (stem.ends_with(".mtx")) stem.resize(stem.size() - 4);
  return stem;
}

/// What may stand before the names of the lists, the most telling first: the whole name, then what is before
/// each joint, then nothing.
std::vector<std::string> prefixes_of(const fs::path& matrix) {
  const std::string stem = stem_of(matrix);
  std::vector<std::string> prefixes;
  constexpr std::string_view usual = "matrix";
  if (stem.ends_with(usual)) prefixes.push_back(stem.substr(0, stem.size() - usual.size()));
  for (const char joint : {'.', '_', '-'}) prefixes.push_back(stem + joint);
  for (std::size_t end = stem.size(); end > 0;) {
    const std::size_t joint = stem.find_last_of("_.-", end - 1);
    if (joint == std::string::npos) break;
    prefixes.push_back(stem.substr(0, joint + 1));
    end = joint;
  }
  prefixes.emplace_back();
  return prefixes;
}

/// What has the name, gzip or not. A directory or a link that leads nowhere is taken too: whoever opens it
/// says so, and no other list is taken in its place.
std::optional<fs::path> plain_or_gzip(const fs::path& path) {
  std::error_code error;
  for (const char* ending : {"", ".gz"}) {
    fs::path candidate = path;
    candidate += ending;
    if (fs::exists(fs::symlink_status(candidate, error))) return candidate;
  }
  return std::nullopt;
}

std::optional<fs::path> find_list(const fs::path& matrix, std::span<const char* const> names) {
  for (const std::string& prefix : prefixes_of(matrix)) {
    for (const char* name : names) {
      if (auto found = plain_or_gzip(matrix.parent_path() / (prefix + name))) return found;
    }
  }
  return std::nullopt;
}

void find_alevins(MatrixMarketFiles& files) {
  const fs::path folder = files.matrix.parent_path();
  const std::string stem = stem_of(files.matrix);
  if (!stem.ends_with(alevin)) return;
  files.genes = plain_or_gzip(folder / (stem + "_" + alevin_genes));
  files.cells = plain_or_gzip(folder / (stem + "_" + alevin_cells));
  files.symbol_table = plain_or_gzip(folder / alevin_symbols);
  if (!files.symbol_table) files.symbol_table = plain_or_gzip(folder / ".." / alevin_symbols);
}

/// kallisto's accessions and symbols are in two files.
void find_kallistos_symbols(MatrixMarketFiles& files) {
  if (!files.genes) return;
  std::string name = plain_name(*files.genes);
  if (!name.ends_with(kallisto_genes) || name.ends_with(kallisto_symbols)) return;
  name.resize(name.size() - std::string_view(kallisto_genes).size());
  files.symbols = plain_or_gzip(files.genes->parent_path() / (name + kallisto_symbols));
}

std::vector<std::string> matrices_in(const fs::path& folder) {
  std::vector<std::string> found;
  for (const fs::path& entry : entries_of(folder)) {
    if (plain_name(entry).ends_with(".mtx")) found.push_back(entry.filename().string());
  }
  return found;
}

fs::path matrix_in(const fs::path& folder) {
  const std::vector<std::string> found = matrices_in(folder);
  // STARsolo has others beside it.
  for (const char* usual : {"matrix.mtx", "matrix.mtx.gz"}) {
    if (std::find(found.begin(), found.end(), usual) != found.end()) return folder / usual;
  }
  if (found.size() == 1) return folder / found.front();
  throw InputError(
      fmt::format("{}: has several matrices, {}; give one of them", folder.string(), fmt::join(found, ", ")));
}

/// Its lines, as far as they matter, and the columns of the first.
struct Extent {
  std::int64_t lines = 0;
  std::int64_t columns = 0;
};

Extent extent_of(const fs::path& path, std::int64_t most) {
  DelimitedReader file(path, Fields::whole);
  Extent extent;
  while (extent.lines <= most && file.next()) {
    const std::string_view line = file.fields()[0];
    if (++extent.lines > 1) continue;
    const auto count = [&](char letter) { return std::count(line.begin(), line.end(), letter); };
    extent.columns = 1 + std::max({count('\t'), count(','), count(';')});
  }
  return extent;
}

bool may_be_list(const fs::path& path, std::int64_t rows, std::int64_t columns) {
  constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 26;
  constexpr std::array endings{".tsv", ".txt", ".csv"};
  const std::string name = plain_name(path);
  const bool is_text =
      std::any_of(endings.begin(), endings.end(), [&](const char* ending) { return name.ends_with(ending); });
  std::error_code error;
  if (!is_text || !fs::is_regular_file(path, error) || fs::file_size(path, error) > most_bytes) return false;
  try {
    const Extent extent = extent_of(path, std::max(rows, columns) + 1);
    const auto lists = [&](std::int64_t count) { return extent.lines == count || extent.lines == count + 1; };
    return (lists(rows) && extent.columns < columns) || (lists(columns) && extent.columns < rows);
  } catch (const InputError&) {  // no list, whatever it is
    return false;
  }
}

}  // namespace

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) entries.push_back(at->path());
  if (error) {
    throw InputError(fmt::format("{}: is a directory that cannot be read: {}; its owner must allow that",
                                 folder.string(), error.message()));
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool has_matrix_market(const fs::path& folder) {
  return !matrices_in(folder).empty();
}

MatrixMarketFiles find_matrix_market_files(const fs::path& path) {
  std::error_code error;
  MatrixMarketFiles files;
  const bool is_folder = fs::is_directory(path, error);
  files.matrix = is_folder ? matrix_in(path) : path;
  find_alevins(files);
  if (!files.genes) files.genes = find_list(files.matrix, gene_lists);
  if (!files.cells) files.cells = find_list(files.matrix, cell_lists);
  find_kallistos_symbols(files);
  const std::string stem = stem_of(files.matrix);
  files.needs_lists = is_folder || std::any_of(known_matrices.begin(), known_matrices.end(),
                                               [&](const char* known) { return stem.ends_with(known); });
  return files;
}

std::vector<std::string> possible_lists(const MatrixMarketFiles& files, std::int64_t rows,
                                        std::int64_t columns) {
  constexpr std::size_t most_files = 100;
  std::vector<std::string> found;
  const fs::path folder = files.matrix.has_parent_path() ? files.matrix.parent_path() : fs::path(".");
  std::size_t seen = 0;
  for (const fs::path& entry : entries_of(folder)) {
    if (++seen > most_files) break;
    if (may_be_list(entry, rows, columns)) found.push_back(entry.filename().string());
  }
  return found;
}

}  // namespace dko
