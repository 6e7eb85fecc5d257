#include "dko/expression/cell_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "column_source.hpp"
#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/reader.hpp"

namespace dko {

namespace {

std::vector<CellColumn> empty_columns(std::span<const std::string> titles, const std::string& place,
                                      std::int64_t cells) {
  std::vector<CellColumn> columns;
  for (const std::string& title : titles) {
    const bool is_repeated = std::any_of(columns.begin(), columns.end(),
                                         [&](const CellColumn& other) { return other.title == title; });
    if (is_repeated) throw InputError(fmt::format("{}: has two columns {}", place, shown_name(title)));
    const auto count = static_cast<std::size_t>(cells);
    columns.push_back({title, Names(count), {}, std::vector<bool>(count, true)});
  }
  if (columns.empty())
    throw InputError(
        fmt::format("{}: needs a column with the names of the cells and one that describes them", place));
  return columns;
}

/// @throws InputError if another column names another cell: the first then numbers the rows, in whatever
/// order
void refuse_row_number(const DelimitedReader& row, const NameIndex& index, const Meaning& meaning) {
  for (std::size_t at = 1; at < row.fields().size(); ++at) {
    const Meaning named = index.by_name(row.as_written(at));
    if (named.positions.size() == 1 && named.positions != meaning.positions)
      throw InputError(
          fmt::format("{}: {} is the number of a row, and {} names another cell: put the column with the "
                      "names of the cells "
                      "first",
                      row.place(), row.fields()[0], shown_name(std::string(row.as_written(at)))));
  }
}

/// The cell that a row is of; nothing if the data have none such.
std::optional<std::int32_t> cell_of(const DelimitedReader& row, const NameIndex& index) {
  const std::string_view text = row.fields()[0];
  Meaning meaning = index.by_name(row.as_written(0));
  if (meaning.positions.empty()) meaning = index.meaning(text);
  if (meaning.reading == Reading::number) refuse_row_number(row, index, meaning);
  if (meaning.positions.size() > 1)
    throw InputError(
        fmt::format("{}: {}: write #NUMBER of the cell", row.place(), index.note(text, meaning)));
  return meaning.positions.empty() ? std::nullopt : std::optional(meaning.positions.front());
}

void take_row(const DelimitedReader& row, std::size_t cell, std::vector<CellColumn>& columns) {
  for (std::size_t at = 0; at < columns.size(); ++at) {
    const std::string_view text = row.fields()[at + 1];
    columns[at].missing[cell] = text.empty() || text == "NA";
    if (!columns[at].missing[cell]) columns[at].texts[cell] = std::string(text);
  }
}

/// The numbers of a column, if all that it has are such. One that is none, NaN, is missing, as in an h5ad.
void find_numbers(CellColumn& column) {
  for (std::size_t cell = 0; cell < column.texts.size(); ++cell) {
    const auto number = column.missing[cell] ? std::optional(std::nan("")) : parse_number(column.texts[cell]);
    if (!number) {
      column.numbers.clear();
      return;
    }
    column.numbers.push_back(*number);
  }
  for (std::size_t cell = 0; cell < column.texts.size(); ++cell) {
    if (!std::isnan(column.numbers[cell])) continue;
    column.missing[cell] = true;
    column.texts[cell].clear();
  }
}

void require_all(const std::vector<bool>& seen, const Names& unknown, const Names& names,
                 const std::string& table, const std::string& data) {
  if (!unknown.empty())
    throw InputError(fmt::format("{}: has {} that {} does not have: {}", table,
                                 counted(std::ssize(unknown), "cell"), data, some_names(unknown)));
  Names lacking;
  for (std::size_t cell = 0; cell < seen.size(); ++cell) {
    if (!seen[cell]) lacking.push_back(names[cell]);
  }
  if (!lacking.empty())
    throw InputError(fmt::format("{}: lacks {} of {}: {}", table, counted(std::ssize(lacking), "cell"), data,
                                 some_names(lacking)));
}

}  // namespace

CellTable::CellTable(const std::filesystem::path& path, const ExpressionMatrix& matrix,
                     const std::filesystem::path& data)
    : path_(path.string()) {
  DelimitedReader file(path);
  if (!file.next()) throw InputError(fmt::format("{}: is empty", path_));
  file.require_utf8();
  const Names header(file.fields().begin(), file.fields().end());
  const std::string header_place = file.place();
  bool has_row = file.next();
  // R's write.table leaves out the title of the names of rows.
  const bool is_short = has_row && file.fields().size() == header.size() + 1 && !file.fields().back().empty();
  const std::size_t first_title = is_short ? 0 : 1;
  columns_ = empty_columns(std::span(header).subspan(first_title), header_place, matrix.cells());
  const NameIndex index = matrix.cell_index();
  std::vector<bool> seen(static_cast<std::size_t>(matrix.cells()), false);
  Names unknown;
  for (; has_row; has_row = file.next()) {
    file.require_utf8();
    if (file.fields().size() != columns_.size() + 1)
      throw InputError(fmt::format("{}: has {} fields, {} {}", file.place(), file.fields().size(),
                                   is_short ? "the first row" : "the header", columns_.size() + 1));
    const auto cell = cell_of(file, index);
    if (!cell) {
      unknown.emplace_back(file.fields()[0]);
      continue;
    }
    const auto at = static_cast<std::size_t>(*cell);
    if (seen[at])
      throw InputError(fmt::format("{}: cell {} appears twice", file.place(), shown_name(file.fields()[0])));
    seen[at] = true;
    take_row(file, at, columns_);
  }
  require_all(seen, unknown, matrix.cell_names(), path_, data.string());
  for (CellColumn& column : columns_) find_numbers(column);
}

Names CellTable::titles() const {
  Names titles;
  for (const CellColumn& column : columns_) titles.push_back(column.title);
  return titles;
}

CellColumn CellTable::column(const std::string& title) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const CellColumn& column) { return column.title == title; });
  if (found != columns_.end()) return *found;
  throw InputError(
      fmt::format("{}: has no column {}; its columns: {}", path_, shown_name(title), some_names(titles())));
}

void refuse_second_columns(const std::filesystem::path& path, const std::string& table) {
  if (!table.empty() && has_cell_columns(path))
    throw UsageError(fmt::format("{}: is for files without columns that describe cells, and {} has such",
                                 parameter("obs-file", table), path.string()));
}

void require_one_each(const CellColumn& column, const ExpressionMatrix& matrix,
                      const std::filesystem::path& path) {
  if (std::ssize(column.texts) != matrix.cells())
    throw InputError(fmt::format("{}: column {} has {} values for {}", path.string(), column.title,
                                 column.texts.size(), counted(matrix.cells(), "cell")));
}

CellColumn column_of_cells(const std::string& title, const ExpressionMatrix& matrix,
                           const std::filesystem::path& path, const std::string& table) {
  CellColumn column = columns_of(matrix, path, table).read(title);
  require_one_each(column, matrix, path);
  return column;
}

}  // namespace dko
