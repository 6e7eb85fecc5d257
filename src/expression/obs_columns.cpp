#include "dko/expression/obs_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <utility>

#include "column_source.hpp"
#include "dko/base/checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/expression/reader.hpp"
#include "format.hpp"

namespace dko {

namespace {

/// The categories that these cells have, each with its code, in the order of the file, else by name.
std::map<std::string, std::int32_t> codes_of(const CellColumn& column, const std::vector<std::int32_t>& cells,
                                             Names& labels) {
  std::map<std::string, std::int32_t> codes;
  for (const std::int32_t cell : cells) {
    const auto at = static_cast<std::size_t>(cell);
    if (!column.missing[at]) codes.emplace(column.texts[at], 0);
  }
  Names order = column.categories;
  if (order.empty())
    for (const auto& [label, code] : codes) order.push_back(label);
  for (const std::string& label : order) {
    const auto found = codes.find(label);
    if (found == codes.end()) continue;
    found->second = static_cast<std::int32_t>(labels.size());
    labels.push_back(label);
  }
  return codes;
}

ObsColumn kept(const CellColumn& column, const std::vector<std::int32_t>& cells) {
  ObsColumn of{column.title};
  if (!column.numbers.empty()) {
    for (const std::int32_t cell : cells) {
      const auto at = static_cast<std::size_t>(cell);
      of.numbers.push_back(column.missing[at] ? std::numeric_limits<double>::quiet_NaN()
                                              : column.numbers[at]);
    }
    return of;
  }
  const auto codes = codes_of(column, cells, of.labels);
  for (const std::int32_t cell : cells) {
    const auto at = static_cast<std::size_t>(cell);
    of.codes.push_back(column.missing[at] ? -1 : codes.at(column.texts[at]));
  }
  return of;
}

/// Whether a column of HDF5 can have this title.
bool can_be_stored(const std::string& title) {
  return !title.empty() && title != "." && title != "_index" && title.find('/') == std::string::npos;
}

ObsColumns named_columns(const ObsRequest& request, const ColumnSource& source,
                         const std::vector<std::int32_t>& cells, Log& log) {
  ObsColumns columns;
  for (const std::string& title :
       titles_named(request.names, source.titles, parameter(request.option), log)) {
    if (!can_be_stored(title))
      throw InputError(fmt::format("{}: the title of column {} cannot stand in an HDF5 file: give it another",
                                   source.file, shown_name(title)));
    columns.push_back(kept(source.read(title), cells));
  }
  return columns;
}

constexpr auto numbers = "numbers";

/// Why a column is not kept where none is named; empty if it is.
std::string left_out_for(const ObsColumn& column, std::size_t cells) {
  if (!column.is_categorical()) return numbers;
  const auto labels = std::ssize(column.labels);
  if (labels == 0) return "no value";
  return labels > most_labels_kept || 2 * labels > static_cast<std::int64_t>(cells) ? counted(labels, "label")
                                                                                    : "";
}

ObsColumns usual_columns(const ObsRequest& request, const ColumnSource& source,
                         const std::function<bool(const std::string& title)>& is_numeric,
                         const std::vector<std::int32_t>& cells, Log& log) {
  ObsColumns columns;
  Names left_out;
  for (const std::string& title : source.titles) {
    if (!can_be_stored(title)) continue;
    std::string why;
    try {
      if (is_numeric(title)) why = numbers;
      if (why.empty()) {
        ObsColumn column = kept(source.read(title), cells);
        why = left_out_for(column, cells.size());
        if (why.empty()) columns.push_back(std::move(column));
      }
    } catch (const InputError&) {
      why = "of a kind that is not read";  // nobody has asked for it
    }
    if (!why.empty()) left_out.push_back(fmt::format("{} ({})", shown_name(title), why));
  }
  if (!left_out.empty())
    log.info("{}: columns that are not kept in the screen, unless {} names them: {}", source.file,
             parameter(request.option), fmt::join(left_out, ", "));
  return columns;
}

std::string text_of(const ObsColumn& column) {
  return fmt::format(
      "{} ({})", shown_name(column.title),
      column.is_categorical() ? counted(std::ssize(column.labels), "label") : std::string("numbers"));
}

}  // namespace

ObsColumns read_obs(const ObsRequest& request, const ExpressionMatrix& all,
                    const std::vector<std::int32_t>& cells, const std::filesystem::path& path,
                    const std::string& table, Log& log) {
  const std::string& names = request.names;
  if (table.empty() && !has_cell_columns(path)) {
    if (names.empty() || names == "none") return {};
    throw UsageError(fmt::format("{}: {} has no columns that describe cells: give a table of them by {}",
                                 parameter(request.option), path.string(), parameter("obs-file")));
  }
  ColumnSource source = columns_of(all, path, table);
  source.read = [read = std::move(source.read), &all, &path](const std::string& title) {
    CellColumn column = read(title);
    require_one_each(column, all, path);
    return column;
  };
  // Without reading it.
  const auto is_numeric = [&](const std::string& title) {
    return table.empty() && is_numeric_h5ad_cell_column(path, title);
  };
  const bool has_none = std::find(source.titles.begin(), source.titles.end(), "none") != source.titles.end();
  if (names == "none" && !has_none) return {};
  const ObsColumns columns = names.empty() ? usual_columns(request, source, is_numeric, cells, log)
                                           : named_columns(request, source, cells, log);
  Names texts;
  for (const ObsColumn& column : columns) texts.push_back(text_of(column));
  if (!texts.empty()) log.info("{}: columns that the screen keeps: {}", source.file, fmt::join(texts, ", "));
  return columns;
}

std::string checksum_of(const ObsColumns& columns) {
  if (columns.empty()) return "none";
  Checksum sum;
  for (const ObsColumn& column : columns) {
    sum.add(column.title);
    for (const std::string& label : column.labels) sum.add(label);
    sum.add(std::span<const std::int32_t>(column.codes));
    sum.add(std::span<const double>(column.numbers));
  }
  return sum.text();
}

double bytes_of(const ObsColumns& columns) {
  double bytes = 0;
  for (const ObsColumn& column : columns)
    bytes += 64.0 * static_cast<double>(column.labels.size()) +
             4.0 * static_cast<double>(column.codes.size()) +
             8.0 * static_cast<double>(column.numbers.size());
  return bytes;
}

}  // namespace dko
