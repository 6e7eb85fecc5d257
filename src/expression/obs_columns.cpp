#include "dko/expression/obs_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "column_source.hpp"
#include "dko/base/checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/pieces.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/expression/reader.hpp"
#include "format.hpp"
#include "gene_condition.hpp"

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

/// @throws InputError for texts that other programs could not read from an HDF5 file
void require_utf8(const ObsColumn& column, const std::string& file) {
  if (is_utf8(column.title) && std::all_of(column.labels.begin(), column.labels.end(), is_utf8)) return;
  throw InputError(
      fmt::format("{}: column {} has text that is not UTF-8: write it as UTF-8, or name the columns to "
                  "keep without it",
                  file, shown_name(column.title)));
}

/// Whether a column of HDF5 can have this title.
bool can_be_stored(const std::string& title) {
  return !title.empty() && title != "." && title != "_index" && title.find('/') == std::string::npos;
}

void require_title(const std::string& title, const std::string& file) {
  if (!can_be_stored(title))
    throw InputError(fmt::format("{}: the title of column {} cannot stand in an HDF5 file: give it another",
                                 file, shown_name(title)));
}

ObsColumns named_columns(const std::string& names, const ObsRequest& request, const ColumnSource& source,
                         const std::vector<std::int32_t>& cells, Log& log) {
  ObsColumns columns;
  for (const std::string& title : titles_named(names, source.titles, parameter(request.option), log)) {
    require_title(title, source.file);
    columns.push_back(kept(source.read(title), cells));
    require_utf8(columns.back(), source.file);
  }
  return columns;
}

/// What is asked for: titles, with commas between, and conditions on genes, which are columns of their own.
struct Named {
  std::string titles;
  Names conditions;
};

/// `titles` are those that there are: they come first. @throws UsageError for a condition that is there twice
Named named_in(const std::string& names, const Names& titles, const std::string& option) {
  const auto without_blanks = [](std::string text) {
    std::erase(text, ' ');
    return text;
  };
  std::set<std::string> found;
  Named named;
  for (const std::string_view text : pieces_of(names)) {
    const std::string piece(text);
    if (is_gene_condition(piece) && std::find(titles.begin(), titles.end(), piece) == titles.end()) {
      if (!found.insert(without_blanks(piece)).second)
        throw UsageError(fmt::format("{} names {} twice", parameter(option), trimmed(piece)));
      named.conditions.emplace_back(trimmed(piece));
    } else
      named.titles += (named.titles.empty() ? "" : ",") + piece;
  }
  return named;
}

/// @throws InputError for what is the name of a gene, or a condition on one without "gene:"
void refuse_genes(const ObsRequest& request, const Names& titles, const ExpressionMatrix& all) {
  if (request.names == "none") return;
  for (const std::string_view piece : pieces_of(request.names)) {
    const std::string meant = gene_condition_meant(std::string(piece), titles, all);
    if (!meant.empty())
      throw InputError(
          fmt::format("{}: {} {}", parameter(request.option), shown_name(trimmed(piece)), meant));
  }
}

/// The cells that meet a condition on a gene, and the others.
ObsColumn column_of(const std::string& condition, const ObsRequest& request, const ExpressionMatrix& all,
                    const std::vector<std::int32_t>& cells, const std::string& file) {
  require_title(condition, parameter(request.option));
  const std::vector<bool> holds =
      meet_gene_condition(condition, fmt::format("{} '{}'", parameter(request.option), condition), file, all);
  ObsColumn column{condition, {"no", "yes"}};
  for (const std::int32_t cell : cells) column.codes.push_back(holds[static_cast<std::size_t>(cell)] ? 1 : 0);
  for (std::int32_t code = 0; code < 2; ++code) {
    if (std::find(column.codes.begin(), column.codes.end(), code) == column.codes.end())
      throw InputError(fmt::format("{}: {} '{}' holds for {} of the cells that are used: {}", file,
                                   parameter(request.option), condition, code == 1 ? "none" : "all",
                                   range_of_gene(condition, cells, all)));
  }
  return column;
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
        if (why.empty()) {
          require_utf8(column, source.file);
          columns.push_back(std::move(column));
        }
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

/// The columns of the file and the table, each with a value of every cell; nothing where there are none.
std::optional<ColumnSource> source_of(const ExpressionMatrix& all, const std::filesystem::path& path,
                                      const std::string& table) {
  if (table.empty() && !has_cell_columns(path)) return std::nullopt;
  ColumnSource source = columns_of(all, path, table);
  source.read = [read = std::move(source.read), &all, &path](const std::string& title) {
    CellColumn column = read(title);
    require_one_each(column, all, path);
    return column;
  };
  return source;
}

/// Those of the file and the table.
ObsColumns columns_there(const std::string& names, const ObsRequest& request,
                         const std::optional<ColumnSource>& source, const std::vector<std::int32_t>& cells,
                         const std::filesystem::path& path, Log& log) {
  if (!source) {
    if (names.empty() || names == "none") return {};
    throw UsageError(fmt::format("{}: {} has no columns that describe cells: give a table of them by {}",
                                 parameter(request.option), path.string(), parameter("obs-file")));
  }
  const Names& titles = source->titles;
  if (names == "none" && std::find(titles.begin(), titles.end(), "none") == titles.end()) return {};
  return names.empty() ? usual_columns(request, *source, source->is_numeric, cells, log)
                       : named_columns(names, request, *source, cells, log);
}

}  // namespace

ObsColumns read_obs(const ObsRequest& request, const ExpressionMatrix& all,
                    const std::vector<std::int32_t>& cells, const std::filesystem::path& path,
                    const std::string& table, Log& log) {
  const std::optional<ColumnSource> source = source_of(all, path, table);
  refuse_genes(request, source ? source->titles : Names(), all);
  Named named{request.names, {}};
  if (request.names.find("gene:") != std::string::npos)
    named = named_in(request.names, source ? source->titles : Names(), request.option);
  ObsColumns columns;
  if (!named.titles.empty() || named.conditions.empty())
    columns = columns_there(named.titles, request, source, cells, path, log);
  for (const std::string& condition : named.conditions)
    columns.push_back(column_of(condition, request, all, cells, path.string()));
  Names texts;
  for (const ObsColumn& column : columns) texts.push_back(text_of(column));
  if (!texts.empty()) log.info("columns of the cells that are kept: {}", fmt::join(texts, ", "));
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
