#include "dko/expression/overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "dko/base/error.hpp"
#include "dko/base/quantile.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_column.hpp"
#include "format.hpp"

namespace dko {

namespace {

FiveNumbers five_numbers(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  FiveNumbers numbers{};
  for (std::size_t at = 0; at < numbers.size(); ++at)
    numbers[at] = quantile(values, static_cast<double>(at) / (numbers.size() - 1));
  return numbers;
}

/// A figure of every cell.
template <class Figure>
std::vector<double> of_cells(const ExpressionMatrix& matrix, Figure figure) {
  std::vector<double> figures(static_cast<std::size_t>(matrix.cells()));
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    figures[static_cast<std::size_t>(cell)] = static_cast<double>(figure(cell));
  return figures;
}

/// The total that all cells which express something have, within a thousandth.
std::optional<double> common_total(const ExpressionMatrix& matrix) {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const double total = matrix.sum(cell);
    if (total > 0) least = std::min(least, total);
    most = std::max(most, total);
  }
  constexpr double thousandth = 1e-3;
  if (most - least > thousandth * most) return std::nullopt;
  return (least + most) / 2;
}

}  // namespace

std::string words_of(const ValuesSeen& values) {
  if (values.are_whole) return fmt::format("whole numbers, as counts are; largest {:.6g}", values.largest);
  if (values.total)
    return fmt::format("not whole, and every cell has the total {:.6g}: normalised", *values.total);
  constexpr double no_logarithm = 30;  // of a number that there is
  return fmt::format("not whole; largest {:.6g}{}", values.largest,
                     values.largest < no_logarithm ? ": if these are logarithms, choose counts" : "");
}

ValuesSeen look_over_values(const ExpressionMatrix& matrix) {
  ValuesSeen seen;
  seen.are_whole = holds_counts(matrix);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    for (const float value : matrix.values(cell)) seen.largest = std::max(seen.largest, double{value});
  }
  if (!seen.are_whole) seen.total = common_total(matrix);
  return seen;
}

ColumnOverview look_over(const CellColumn& column) {
  ColumnOverview overview;
  overview.title = column.title;
  overview.missing = std::count(column.missing.begin(), column.missing.end(), true);
  if (!column.numbers.empty()) {
    std::set<double> values;
    for (std::size_t cell = 0; cell < column.numbers.size(); ++cell) {
      if (!column.missing[cell]) values.insert(column.numbers[cell]);
    }
    overview.different = std::ssize(values);
    if (!values.empty()) overview.range = {*values.begin(), *values.rbegin()};
    return overview;
  }
  std::map<std::string, std::int64_t> counts;
  for (std::size_t cell = 0; cell < column.texts.size(); ++cell) {
    if (!column.missing[cell]) ++counts[column.texts[cell]];
  }
  overview.different = std::ssize(counts);
  overview.labels.assign(counts.begin(), counts.end());
  std::stable_sort(overview.labels.begin(), overview.labels.end(),
                   [](const auto& x, const auto& y) { return x.second > y.second; });
  return overview;
}

std::vector<PresenceClass> presence_classes(const ExpressionMatrix& matrix) {
  constexpr std::array bounds{0.01, 0.1, 0.5, 0.9, 0.99};
  std::vector<PresenceClass> classes{{"no cell"}};
  double above = 0;
  for (const double bound : bounds) {
    classes.push_back({above == 0 ? fmt::format("up to {:g} %", 100 * bound)
                                  : fmt::format("{:g} to {:g} %", 100 * above, 100 * bound)});
    above = bound;
  }
  classes.push_back({fmt::format("over {:g} %", 100 * above)});
  classes.push_back({"every cell"});
  std::vector<std::int64_t> all(static_cast<std::size_t>(matrix.cells()));
  for (std::size_t cell = 0; cell < all.size(); ++cell) all[cell] = static_cast<std::int64_t>(cell);
  for (const std::int64_t cells : matrix.cells_per_gene(all)) {
    const double part = static_cast<double>(cells) / static_cast<double>(matrix.cells());
    const auto place = std::lower_bound(bounds.begin(), bounds.end(), part) - bounds.begin() + 1;
    const std::size_t at = cells == 0                ? 0
                           : cells == matrix.cells() ? classes.size() - 1
                                                     : static_cast<std::size_t>(place);
    ++classes[at].genes;
  }
  return classes;
}

namespace {

/// Columns of other kinds than text and numbers are no obstacle to the rest.
ColumnOverview look_over(const std::filesystem::path& path, const std::string& title) {
  try {
    return look_over(read_cell_column(path, title));
  } catch (const InputError&) {
    ColumnOverview unread;
    unread.title = title;
    unread.is_read = false;
    return unread;
  }
}

}  // namespace

ExpressionOverview look_over(const std::filesystem::path& path, const ReadOptions& options, Log& log) {
  const ExpressionMatrix matrix = read_expression(path, options, log);
  ExpressionOverview overview;
  overview.format = format_name(path);
  overview.genes = matrix.genes();
  overview.cells = matrix.cells();
  overview.expressed = matrix.nonzeros();
  overview.values = look_over_values(matrix);
  if (has_cell_columns(path)) {
    overview.contents = h5ad_contents(path, options);
    for (const std::string& title : cell_column_titles(path))
      overview.columns.push_back(look_over(path, title));
  }
  overview.genes_per_cell =
      five_numbers(of_cells(matrix, [&](std::int64_t cell) { return matrix.expressed_count(cell); }));
  overview.total_per_cell =
      five_numbers(of_cells(matrix, [&](std::int64_t cell) { return matrix.sum(cell); }));
  overview.presence = presence_classes(matrix);
  return overview;
}

}  // namespace dko
