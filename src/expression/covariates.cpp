#include "dko/expression/covariates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "column_source.hpp"
#include "dko/base/error.hpp"
#include "dko/base/name_list.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/expression/reader.hpp"

namespace dko {

namespace {

constexpr std::int64_t few_cells = 10;  // of a category: its response is uncertain
constexpr std::size_t few_codes = 20;   // so few different whole numbers may be codes
// No gene is fitted in fewer cells than this and twice the covariates.
constexpr std::int64_t least_cells = 10;

/// "INPUT: column batch", for messages.
std::string place_of(const ChosenColumns& columns, const std::string& title) {
  return fmt::format("{}: column {}", columns.file(), shown_name(title));
}

/// A category as a text: of numbers, 1 and 1.0 are one.
std::string category_of(const CellColumn& column, std::size_t cell) {
  return column.numbers.empty() ? column.texts[cell] : fmt::format("{}", column.numbers[cell]);
}

void require_several(std::size_t values, const std::string& place, const std::string& value,
                     std::size_t cells) {
  if (values > 1) return;
  throw InputError(
      fmt::format("{}: has one value, {}, in all {} that are used: it tells nothing of their differences",
                  place, shown_name(value), counted(static_cast<std::int64_t>(cells), "cell")));
}

/// Its categories, the commonest first.
Covariate categorical(const CellColumn& column, const std::string& place, Log& log) {
  std::map<std::string, std::int64_t> counts;
  const std::size_t cells = column.texts.size();
  for (std::size_t cell = 0; cell < cells; ++cell) ++counts[category_of(column, cell)];
  require_several(counts.size(), place, counts.begin()->first, cells);
  if (counts.size() == cells)
    throw InputError(
        fmt::format("{}: has as many categories as cells, {}: it leaves nothing that genes could explain",
                    place, with_thousands(std::ssize(counts))));
  const auto by_count = [](const auto& x, const auto& y) { return x.second < y.second; };
  const std::string commonest = std::max_element(counts.begin(), counts.end(), by_count)->first;
  Covariate covariate{column.title, {commonest}};
  Names rare;
  for (const auto& [category, count] : counts) {
    if (category != commonest) covariate.categories.push_back(category);
    if (count < few_cells) rare.push_back(category);
  }
  if (!rare.empty())
    log.warn("{}: little can be learnt of categories with fewer than {} cells: {}", place, few_cells,
             some_names(rare));
  return covariate;
}

void warn_of_codes(const std::vector<double>& numbers, const std::string& place, Log& log) {
  const std::set<double> different(numbers.begin(), numbers.end());
  const bool are_whole = std::all_of(different.begin(), different.end(),
                                     [](double number) { return number == std::floor(number); });
  if (are_whole && different.size() <= few_codes)
    log.warn(
        "{}: is taken as a quantity; if its {} different whole numbers are codes of categories, name it "
        "by {} too",
        place, different.size(), parameter("categorical"));
}

void require_finite(const CellColumn& column, const ChosenColumns& columns, const std::string& place) {
  const auto bad = std::find_if_not(column.numbers.begin(), column.numbers.end(),
                                    [](double number) { return std::isfinite(number); });
  if (bad != column.numbers.end())
    throw InputError(fmt::format(
        "{}: cell {} has the value {}, which is not finite", place,
        shown_name(columns.cell_name(static_cast<std::size_t>(bad - column.numbers.begin()))), *bad));
}

/// Centred and scaled over the cells.
Covariate numeric(const CellColumn& column, const ChosenColumns& columns, Log& log) {
  const std::string place = place_of(columns, column.title);
  require_finite(column, columns, place);
  const auto [least, largest] = std::minmax_element(column.numbers.begin(), column.numbers.end());
  require_several(*least == *largest ? 1 : 2, place, fmt::format("{}", *least), column.numbers.size());
  warn_of_codes(column.numbers, place, log);
  const auto count = static_cast<double>(column.numbers.size());
  Covariate covariate{column.title};
  for (const double number : column.numbers) covariate.mean += number / count;
  double variance = 0;
  for (const double number : column.numbers) {
    const double off = number - covariate.mean;
    variance += off * off / count;
  }
  covariate.sd = std::sqrt(variance);
  if (!(covariate.sd > 0 && std::isfinite(covariate.sd) && std::isfinite(covariate.mean)))
    throw InputError(fmt::format("{}: its values, from {} to {}, cannot be scaled in double precision", place,
                                 *least, *largest));
  return covariate;
}

/// The number of a category among the others; −1 of the first.
std::int64_t indicator_of(const Covariate& covariate, const std::string& category) {
  const auto found = std::find(covariate.categories.begin(), covariate.categories.end(), category);
  return found == covariate.categories.end() ? -2 : found - covariate.categories.begin() - 1;
}

/// How many cells have categories that are not known, and which.
void require_known(const Covariate& covariate, const CellColumn& column, const ChosenColumns& columns,
                   const std::string& known_by) {
  std::set<std::string> unknown;
  std::int64_t cells = 0;
  std::size_t first = 0;
  for (std::size_t cell = column.texts.size(); cell-- > 0;) {
    const std::string category = category_of(column, cell);
    if (indicator_of(covariate, category) >= -1) continue;
    unknown.insert(category);
    ++cells;
    first = cell;
  }
  if (unknown.empty()) return;
  throw InputError(fmt::format(
      "{}: has categories that {} does not know: {} (in {}, the first of them {}); it knows {}. Leave such "
      "cells out by {}",
      place_of(columns, covariate.title), known_by, some_names({unknown.begin(), unknown.end()}),
      counted(cells, "cell"), shown_name(columns.cell_name(first)), some_names(covariate.categories, 20),
      parameter("where")));
}

/// The values of one covariate into columns [first, first + its width) of all `width`.
void encode(const Covariate& covariate, const CellColumn& column, std::size_t first, std::size_t width,
            std::vector<double>& values) {
  for (std::size_t cell = 0; cell < column.texts.size(); ++cell) {
    double* const row = values.data() + cell * width + first;
    if (!covariate.is_categorical()) {
      *row = (column.numbers[cell] - covariate.mean) / covariate.sd;
      continue;
    }
    const std::int64_t at = indicator_of(covariate, category_of(column, cell));
    if (at >= 0) row[at] = 1;
  }
}

void require_numbers(const CellColumn& column, const ChosenColumns& columns, const std::string& known_by) {
  const std::string place = place_of(columns, column.title);
  if (column.numbers.empty())
    throw InputError(fmt::format("{}: holds texts such as {}, and {} knows it as one of numbers", place,
                                 shown_name(column.texts.front()), known_by));
  require_finite(column, columns, place);
}

}  // namespace

const std::string& ChosenColumns::cell_name(std::size_t at) const {
  return all_.cell_names()[static_cast<std::size_t>(cells_[at])];
}

Names ChosenColumns::titles() const {
  return columns_of(all_, path_, table_).titles;
}

CellColumn ChosenColumns::read(const std::string& title) const {
  const CellColumn column = column_of_cells(title, all_, path_, table_);
  CellColumn chosen{column.title, {}, {}, {}, {}};
  std::int64_t missing = 0;
  std::string first;
  for (std::size_t at = 0; at < cells_.size(); ++at) {
    const auto cell = static_cast<std::size_t>(cells_[at]);
    if (column.missing[cell]) {
      if (missing++ == 0) first = cell_name(at);
      continue;
    }
    chosen.texts.push_back(column.texts[cell]);
    chosen.missing.push_back(false);
    if (!column.numbers.empty()) chosen.numbers.push_back(column.numbers[cell]);
  }
  if (missing > 0)
    throw InputError(
        fmt::format("{}: has no value for {} of {}, the first of them {}: fill it in, or leave "
                    "such cells out by {} or {}",
                    place_of(*this, title), with_thousands(missing), counted(std::ssize(cells_), "cell"),
                    shown_name(first), parameter("cells"), parameter("where")));
  return chosen;
}

Covariates find_covariates(const CovariateRequest& request, const ChosenColumns& columns, Log& log) {
  const Names titles = columns.titles();
  const Names wanted = titles_named(request.columns, titles, parameter("covariate"), log);
  const Names codes = request.categorical.empty()
                          ? Names()
                          : titles_named(request.categorical, titles, parameter("categorical"), log);
  for (const std::string& title : codes) {
    if (std::find(wanted.begin(), wanted.end(), title) == wanted.end())
      throw UsageError(fmt::format("{} names {}, which {} does not", parameter("categorical"),
                                   shown_name(title), parameter("covariate")));
  }
  Covariates covariates;
  std::int64_t cells = 0;
  for (const std::string& title : wanted) {
    const CellColumn column = columns.read(title);
    cells = std::ssize(column.texts);
    const bool is_code = std::find(codes.begin(), codes.end(), title) != codes.end();
    covariates.push_back(column.numbers.empty() || is_code
                             ? categorical(column, place_of(columns, title), log)
                             : numeric(column, columns, log));
  }
  const std::int64_t width = covariate_width(covariates);
  if (least_cells + 2 * width > cells)
    throw InputError(
        fmt::format("{}: the covariates are {} for each of {}: too many to be told apart; leave "
                    "out columns, or join categories",
                    columns.file(), counted(width, "number"), counted(cells, "cell")));
  log.info("covariates: {}", text_of(covariates));
  return covariates;
}

std::vector<double> covariate_values(const Covariates& covariates, const ChosenColumns& columns,
                                     const std::string& known_by) {
  const auto width = static_cast<std::size_t>(covariate_width(covariates));
  std::vector<double> values;
  std::size_t first = 0;
  for (const Covariate& covariate : covariates) {
    const CellColumn column = columns.read(covariate.title);
    values.resize(column.texts.size() * width, 0.0);
    if (covariate.is_categorical())
      require_known(covariate, column, columns, known_by);
    else
      require_numbers(column, columns, known_by);
    encode(covariate, column, first, width, values);
    first += static_cast<std::size_t>(covariate.width());
  }
  return values;
}

std::string text_of(const Covariates& covariates) {
  Names texts;
  for (const Covariate& covariate : covariates)
    texts.push_back(fmt::format("{} ({})", shown_name(covariate.title),
                                covariate.is_categorical()
                                    ? some_names(covariate.categories)
                                    : fmt::format("mean {:.6g}, sd {:.6g}", covariate.mean, covariate.sd)));
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace dko
