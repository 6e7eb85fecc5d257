#include "matrix_market_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "dko/base/error.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

constexpr std::array gene_lists{"features.tsv", "genes.tsv", "features.txt",    "genes.txt",
                                "features.csv", "genes.csv", "genes.names.txt", "cols.txt"};
constexpr std::array cell_lists{"barcodes.tsv", "cells.tsv", "barcodes.txt", "cells.txt",
                                "barcodes.csv", "cells.csv", "rows.txt"};

/// The name of a file without ".gz".
std::string plain_name(const fs::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

/// What may stand before the names of the lists, the most telling first.
std::vector<std::string> prefixes_of(const fs::path& matrix) {
  std::string stem = plain_name(matrix);
  if (stem.ends_with(".mtx")) stem.resize(stem.size() - 4);
  constexpr std::string_view usual = "matrix";
  if (stem.ends_with(usual)) return {stem.substr(0, stem.size() - usual.size())};
  std::vector<std::string> prefixes{stem + ".", stem + "_", stem + "-"};
  // alevin: quants_mat.mtx, quants_mat_rows.txt; others: name-mat.mtx, name-genes.tsv
  if (const std::size_t joint = stem.find_last_of("_.-"); joint != std::string::npos)
    prefixes.push_back(stem.substr(0, joint + 1));
  prefixes.emplace_back();
  return prefixes;
}

template <std::size_t Count>
std::optional<fs::path> find_list(const fs::path& matrix, const std::array<const char*, Count>& names) {
  std::error_code error;
  for (const std::string& prefix : prefixes_of(matrix)) {
    for (const char* name : names) {
      for (const char* ending : {"", ".gz"}) {
        const fs::path candidate = matrix.parent_path() / (prefix + name + ending);
        if (fs::is_regular_file(candidate, error)) return candidate;
      }
    }
  }
  return std::nullopt;
}

fs::path matrix_in(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (plain_name(entry.path()).ends_with(".mtx")) found.push_back(entry.path().filename().string());
  }
  std::sort(found.begin(), found.end());
  // STARsolo has others beside it.
  for (const char* usual : {"matrix.mtx", "matrix.mtx.gz"}) {
    if (std::find(found.begin(), found.end(), usual) != found.end()) return folder / usual;
  }
  if (found.size() == 1) return folder / found.front();
  if (found.empty()) {
    throw InputError(
        fmt::format("{}: is a directory without a MatrixMarket file (.mtx or .mtx.gz)", folder.string()));
  }
  throw InputError(
      fmt::format("{}: has several matrices, {}; give one of them", folder.string(), fmt::join(found, ", ")));
}

}  // namespace

MatrixMarketFiles find_matrix_market_files(const fs::path& path) {
  std::error_code error;
  MatrixMarketFiles files;
  files.matrix = fs::is_directory(path, error) ? matrix_in(path) : path;
  files.genes = find_list(files.matrix, gene_lists);
  files.cells = find_list(files.matrix, cell_lists);
  return files;
}

}  // namespace dko
