#include "column_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/name_list.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/expression/reader.hpp"
#include "format.hpp"

namespace dko {

namespace {

ColumnSource columns_of_file(const std::filesystem::path& path) {
  return {path.string(), cell_column_titles(path),
          [path](const std::string& title) { return read_cell_column(path, title); },
          [path](const std::string& title) { return is_numeric_h5ad_cell_column(path, title); }};
}

ColumnSource columns_of_table(const ExpressionMatrix& matrix, const std::filesystem::path& path,
                              const std::string& table) {
  const auto columns = std::make_shared<CellTable>(table, matrix, path);
  return {table, columns->titles(), [columns](const std::string& title) { return columns->column(title); },
          [](const std::string&) { return false; }};
}

bool has_title(const ColumnSource& source, const std::string& title) {
  return std::find(source.titles.begin(), source.titles.end(), title) != source.titles.end();
}

/// Both together. @throws UsageError for a column that both have
ColumnSource joined(ColumnSource file, ColumnSource table) {
  ColumnSource both{fmt::format("{} and {}", file.file, table.file), file.titles, {}, {}};
  for (const std::string& title : table.titles) {
    if (has_title(file, title))
      throw UsageError(
          fmt::format("{}: {} has a column {} as well: give it another title in the table, or leave it out",
                      parameter("obs-file", table.file), file.file, shown_name(title)));
    both.titles.push_back(title);
  }
  both.read = [file, table, all = both.titles, name = both.file](const std::string& title) {
    if (has_title(file, title)) return file.read(title);
    if (has_title(table, title)) return table.read(title);
    throw InputError(
        fmt::format("{}: have no column {}; their columns: {}", name, shown_name(title), some_names(all)));
  };
  both.is_numeric = [file](const std::string& title) {
    return has_title(file, title) && file.is_numeric(title);
  };
  return both;
}

}  // namespace

ColumnSource columns_of(const ExpressionMatrix& matrix, const std::filesystem::path& path,
                        const std::string& table) {
  if (table.empty()) return columns_of_file(path);
  ColumnSource of_table = columns_of_table(matrix, path, table);
  return has_cell_columns(path) ? joined(columns_of_file(path), std::move(of_table)) : of_table;
}

Names titles_named(const std::string& text, const Names& titles, const std::string& option, Log& log) {
  const NameIndex index("column", titles);
  Names named;
  for (const std::int32_t at : single_names(text, index, option, log)) {
    const std::string& title = titles[static_cast<std::size_t>(at)];
    if (std::find(named.begin(), named.end(), title) != named.end())
      throw UsageError(fmt::format("{} names {} twice", option, shown_name(title)));
    named.push_back(title);
  }
  return named;
}

}  // namespace dko
