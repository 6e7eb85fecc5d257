#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/base/first_texts.hpp"
#include "dko/base/text.hpp"
#include "format.hpp"
#include "unusual_genes.hpp"

namespace dko {

namespace {

/// "cell7, cell9 and 12 more"
std::string some_of(const Names& names, const std::vector<std::int64_t>& which) {
  constexpr std::size_t most = 3;
  Names some;
  for (const std::int64_t at : which) some.push_back(names[static_cast<std::size_t>(at)]);
  return first_texts(some, most);
}

std::vector<std::int64_t> cells_that_express(const ExpressionMatrix& matrix, std::int64_t count) {
  std::vector<std::int64_t> found;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    if (matrix.expressed_count(cell) == count) found.push_back(cell);
  }
  return found;
}

std::vector<std::int64_t> silent_genes(const ExpressionMatrix& matrix) {
  std::vector<bool> expressed(static_cast<std::size_t>(matrix.genes()), false);
  std::int64_t left = matrix.genes();  // none, as a rule after a few cells
  for (std::int64_t cell = 0; cell < matrix.cells() && left > 0; ++cell) {
    for (const std::int32_t gene : matrix.expressed(cell)) {
      left -= expressed[static_cast<std::size_t>(gene)] ? 0 : 1;
      expressed[static_cast<std::size_t>(gene)] = true;
    }
  }
  std::vector<std::int64_t> found;
  for (std::int64_t gene = 0; gene < matrix.genes(); ++gene) {
    if (!expressed[static_cast<std::size_t>(gene)]) found.push_back(gene);
  }
  return found;
}

void require_utf8(const Names& names, const char* kind, const std::filesystem::path& path) {
  const auto bad =
      std::find_if_not(names.begin(), names.end(), [](const std::string& name) { return is_utf8(name); });
  if (bad == names.end()) return;
  throw InputError(fmt::format("{}: the name of {} {} (counted from 0) is not UTF-8; save the file as UTF-8",
                               path.string(), kind, bad - names.begin()));
}

/// "1 cell expresses" or "7 cells express".
std::string cells_express(std::size_t count) {
  return counted(static_cast<std::int64_t>(count), "cell") + (count == 1 ? " expresses" : " express");
}

/// Values that are each finite may not be so when repeated entries have been added up.
void require_finite(const ExpressionMatrix& matrix, const std::filesystem::path& path) {
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto values = matrix.values(cell);
    int faults = 0;  // of all values, without branches, so that compilers use vectors
    for (const float x : values) faults |= static_cast<int>(!std::isfinite(x));
    if (faults == 0) continue;
    const auto bad = std::find_if_not(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
    const std::int32_t gene = matrix.expressed(cell)[static_cast<std::size_t>(bad - values.begin())];
    throw InputError(fmt::format("{}: cell {}, gene {}: its entries add up to more than a float can hold",
                                 path.string(), matrix.cell_names()[static_cast<std::size_t>(cell)],
                                 matrix.gene_names()[static_cast<std::size_t>(gene)]));
  }
}

}  // namespace

bool look_like_barcodes(const Names& names) {
  constexpr std::size_t shortest = 12;
  const auto is_barcode = [](const std::string& name) {
    std::size_t run = 0;
    for (const char letter : name) {
      run = std::string_view("ACGTN").find(letter) == std::string_view::npos ? 0 : run + 1;
      if (run == shortest) return true;
    }
    return false;
  };
  const auto count = std::count_if(names.begin(), names.end(), is_barcode);
  return !names.empty() && 10 * count >= 9 * std::ssize(names);
}

ExpressionMatrix with_unique_names(const ExpressionMatrix& matrix, const Names& ids,
                                   const std::filesystem::path& path, Log& log) {
  Names genes = matrix.gene_names();
  Names cells = matrix.cell_names();
  const auto warn = [&](std::int64_t renamed, const char* kind, const char* how) {
    if (renamed > 0)
      log.warn("{}: {} repeated; made unique by {}", path.string(), counted(renamed, kind), how);
  };
  warn(ids.empty() ? make_unique(genes) : make_unique(genes, ids), "gene name",
       ids.empty() ? "a number" : "accession");
  warn(make_unique(cells), "cell name", "a number");
  const ExpressionMatrix named = matrix.with_names(std::move(genes), std::move(cells))
                                     .with_written_names(matrix.gene_names(), matrix.cell_names());
  return ids.empty() ? named : named.with_gene_ids(ids);
}

void check_matrix(const ExpressionMatrix& matrix, const std::filesystem::path& path) {
  if (matrix.genes() < 2) {
    throw InputError(fmt::format("{}: has {}; a mapping needs at least 2", path.string(),
                                 counted(matrix.genes(), "gene")));
  }
  require_utf8(matrix.gene_names(), "gene", path);
  require_utf8(matrix.cell_names(), "cell", path);
  require_finite(matrix, path);
  if (matrix.nonzeros() == 0) throw InputError(fmt::format("{}: no cell expresses any gene", path.string()));
}

void warn_of_unusual(const ExpressionMatrix& matrix, const std::filesystem::path& path, Log& log) {
  warn_of_no_genes(matrix.gene_names(), matrix.gene_ids(), path, log);
  if (const auto empty = cells_that_express(matrix, 0); !empty.empty()) {
    log.warn("{}: {} no gene, left out: {}", path.string(), cells_express(empty.size()),
             some_of(matrix.cell_names(), empty));
  }
  if (const auto lone = cells_that_express(matrix, 1); !lone.empty()) {
    log.warn("{}: {} a single gene, no knockouts there: {}", path.string(), cells_express(lone.size()),
             some_of(matrix.cell_names(), lone));
  }
  if (const auto silent = silent_genes(matrix); !silent.empty()) {
    log.warn(
        "{}: {} in no cell: {}", path.string(),
        silent.size() == 1 ? "1 gene is expressed" : counted(std::ssize(silent), "gene") + " are expressed",
        some_of(matrix.gene_names(), silent));
  }
}

}  // namespace dko
