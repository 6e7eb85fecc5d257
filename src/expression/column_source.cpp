#include "column_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "dko/base/error.hpp"
#include "dko/base/name_list.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/expression/reader.hpp"

namespace dko {

ColumnSource columns_of(const ExpressionMatrix& matrix, const std::filesystem::path& path,
                        const std::string& table) {
  refuse_second_columns(path, table);
  if (table.empty())
    return {path.string(), cell_column_titles(path),
            [path](const std::string& title) { return read_cell_column(path, title); }};
  const auto columns = std::make_shared<CellTable>(table, matrix, path);
  return {table, columns->titles(), [columns](const std::string& title) { return columns->column(title); }};
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
