#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "format.hpp"

namespace dko {

namespace {

/// "cell7, cell9 and 12 more"
std::string some_of(const Names& names, const std::vector<std::int64_t>& which) {
  constexpr std::size_t shown = 3;
  std::string text;
  for (std::size_t at = 0; at < std::min(which.size(), shown); ++at) {
    text += (at == 0 ? "" : ", ") + names[static_cast<std::size_t>(which[at])];
  }
  if (which.size() > shown) text += fmt::format(" and {} more", with_thousands(std::ssize(which) - 3));
  return text;
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
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    for (const std::int32_t gene : matrix.expressed(cell)) expressed[static_cast<std::size_t>(gene)] = true;
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

}  // namespace

void check_matrix(const ExpressionMatrix& matrix, const std::filesystem::path& path, Log& log) {
  if (matrix.genes() < 2) {
    throw InputError(fmt::format("{}: has {}; a mapping needs at least 2", path.string(),
                                 counted(matrix.genes(), "gene")));
  }
  require_utf8(matrix.gene_names(), "gene", path);
  require_utf8(matrix.cell_names(), "cell", path);
  const auto empty = cells_that_express(matrix, 0);
  if (std::ssize(empty) == matrix.cells()) {
    throw InputError(fmt::format("{}: no cell expresses any gene", path.string()));
  }
  if (!empty.empty()) {
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
