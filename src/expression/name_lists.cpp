#include "name_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "memory_limit.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

/// A list: its header, if it has one, and its columns, all of one length.
struct List {
  fs::path path;
  Names titles;
  std::vector<Names> columns;
  bool is_first_line_short = false;  ///< by a field, in front of which columns has an empty one

  std::int64_t size() const { return columns.empty() ? 0 : std::ssize(columns.front()); }
  std::string file() const { return path.filename().string(); }
};

template <std::size_t Count>
bool is_one_of(const std::array<const char*, Count>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), lower_case(text)) != words.end();
}

/// First words of headers that no gene and no cell is called.
bool is_title(std::string_view field) {
  constexpr std::array titles{
      "gene_id",      "gene_ids",   "gene_name", "gene_names", "gene_symbol", "gene_symbols", "genes",
      "gene",         "feature_id", "feature",   "features",   "bc_wells",    "barcode",      "barcodes",
      "cell_barcode", "cell_id",    "cell_name", "cells",      "cell",        "ensembl_id",   "ensembl"};
  return is_one_of(titles, field);
}

/// R's titles of a column without one; a header only if the list is one line longer than the matrix.
bool may_be_title(std::string_view field) {
  constexpr std::array titles{"x", "v1", "", "name", "names", "symbol", "id", "index"};
  return is_one_of(titles, field);
}

/// Genes have at most three columns that count without a header.
std::size_t kept_columns(const std::vector<std::string_view>& first) {
  constexpr std::size_t most = 16;
  constexpr std::size_t without_header = 4;  // one may hold line numbers
  const bool has_header = std::any_of(first.begin(), first.end(), is_title);
  return std::min(first.size(), has_header ? most : without_header);
}

/// All of the file, its header among the lines. Every line has `required` columns if the first has; others
/// that it lacks are empty. If the first is one field short, it may be a header as R writes it above the
/// names of rows, and gets an empty field in front, which settle_first_line() is to judge.
List read_columns(const fs::path& path, std::size_t required, double memory) {
  const std::string name = lower_case(path.filename().string());
  const bool is_csv = name.ends_with(".csv") || name.ends_with(".csv.gz");
  DelimitedReader file(path, is_csv ? Fields::at_commas : Fields::at_tabs);
  const MemoryLimit limit(memory, path);
  double held = 0;
  std::size_t fields_of_first = 0;
  std::size_t least = 0;
  List list{path, {}, {}, false};
  while (file.next()) {
    const auto fields = file.fields();
    if (list.columns.empty()) {
      list.columns.resize(kept_columns({fields.begin(), fields.end()}));
      fields_of_first = fields.size();
      least = std::min(required, list.columns.size());
    } else if (list.size() == 1 && fields.size() == fields_of_first + 1) {
      list.columns.insert(list.columns.begin(), Names(1));
      list.is_first_line_short = true;
    }
    if (fields.size() < least)
      throw InputError(
          fmt::format("{}: has {} fields, the lines before have {}", file.place(), fields.size(), least));
    for (std::size_t at = 0; at < list.columns.size(); ++at) {
      list.columns[at].emplace_back(at < fields.size() ? fields[at] : std::string_view());
      held += bytes_of(list.columns[at].back());
    }
    limit.require(held);
  }
  return list;
}

/// "#gene_id" is a title as well.
bool has_header(const List& list, std::int64_t rows, std::int64_t columns) {
  if (list.size() == 0) return false;
  std::string_view first = list.columns.front().front();
  const bool is_marked = first.starts_with('#');
  if (is_marked) first = trimmed(first.substr(1));
  if (is_title(first)) return true;
  if (is_marked)
    throw InputError(fmt::format("{}, line 1: begins with # and is no header: remove comments from the list",
                                 list.path.string()));
  if (!may_be_title(first)) return false;
  if (list.columns.size() > 1 && is_title(list.columns[1].front())) return true;
  const bool one_more = list.size() == rows + 1 || list.size() == columns + 1;
  return one_more && list.size() != rows && list.size() != columns;
}

/// 0, 1, 2, … or 1, 2, 3, …
bool counts_up(const Names& texts) {
  constexpr std::ptrdiff_t no_accident = 3;
  if (std::ssize(texts) < no_accident) return false;
  const auto first = parse_integer(texts.front());
  if (!first || (*first != 0 && *first != 1)) return false;
  for (std::size_t at = 0; at < texts.size(); ++at)
    if (parse_integer(texts[at]) != *first + static_cast<std::int64_t>(at)) return false;
  return true;
}

/// Names tell genes apart: a column that repeats a few texts is of something else.
bool tells_apart(const Names& texts) {
  const std::unordered_set<std::string_view> different(texts.begin(), texts.end());
  return 2 * std::ssize(different) > std::ssize(texts);
}

/// The shape is that of the matrix, as MatrixMarket states it.
struct Shape {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

/// If a first line that is one field short is no header, its fields go back to their places, and there are as
/// many columns as it has.
void settle_first_line(List& list, Shape shape) {
  if (!list.is_first_line_short) return;
  const auto after_first = list.columns.begin() + 1;
  const bool says_all = std::none_of(after_first, list.columns.end(),
                                     [](const Names& column) { return column.front().empty(); });
  const bool has_title = std::any_of(after_first, list.columns.end(), [](const Names& column) {
    return is_title(column.front()) || may_be_title(column.front());
  });
  if (says_all && has_title && has_header(list, shape.rows, shape.columns)) return;
  for (std::size_t at = 0; at + 1 < list.columns.size(); ++at)
    list.columns[at].front() = std::move(list.columns[at + 1].front());
  list.columns.pop_back();
}

List read_list(const fs::path& path, std::size_t required, Shape shape, double memory, Log& log) {
  List list = read_columns(path, required, memory);
  settle_first_line(list, shape);
  if (has_header(list, shape.rows, shape.columns)) {
    for (Names& column : list.columns) {
      std::string title = lower_case(column.front());
      if (title.starts_with('#')) title = trimmed(std::string_view(title).substr(1));
      list.titles.push_back(std::move(title));
      column.erase(column.begin());
    }
  }
  if (list.columns.size() > 1 && counts_up(list.columns.front()) && tells_apart(list.columns[1])) {
    log.info("{}: its first column numbers the lines, and is left out", path.string());
    list.columns.erase(list.columns.begin());
    if (!list.titles.empty()) list.titles.erase(list.titles.begin());
  }
  return list;
}

/// Which column is what.
struct Roles {
  std::optional<std::size_t> ids;
  std::size_t names = 0;
  std::optional<std::size_t> types;
};

template <std::size_t Count>
std::optional<std::size_t> titled(const List& list, const std::array<const char*, Count>& words) {
  for (const char* word : words) {
    const auto found = std::find(list.titles.begin(), list.titles.end(), word);
    if (found != list.titles.end()) return static_cast<std::size_t>(found - list.titles.begin());
  }
  return std::nullopt;
}

Roles roles_by_titles(const List& list) {
  constexpr std::array of_names{
      "gene_name",    "gene_names", "gene_symbol", "gene_symbols", "gene_short_name",
      "feature_name", "symbol",     "symbols",     "name",         "gene"};
  constexpr std::array of_ids{"gene_id",    "gene_ids", "ensembl_id",      "ensembl_ids", "ensembl",
                              "feature_id", "id",       "ensembl_gene_id", "accession"};
  constexpr std::array of_types{"feature_type", "feature_types", "type"};
  Roles roles{titled(list, of_ids), 0, titled(list, of_types)};
  const auto names = titled(list, of_names);
  roles.names = names.value_or(roles.ids.value_or(0));
  if (roles.ids == roles.names) roles.ids.reset();
  return roles;
}

Roles roles_by_place(const List& list) {
  if (list.columns.size() < 2) return {};
  return {0, 1, list.columns.size() > 2 ? std::optional<std::size_t>(2) : std::nullopt};
}

Features features_of(const List& list, Log& log) {
  Roles roles = list.titles.empty() ? roles_by_place(list) : roles_by_titles(list);
  if (list.columns.empty()) return {};
  if (roles.ids && !tells_apart(list.columns[roles.names]) && tells_apart(list.columns[*roles.ids])) {
    const std::size_t other = roles.names;
    roles = {std::nullopt, *roles.ids, roles.types};
    const bool is_type = are_feature_types(list.columns[other]);
    if (is_type) roles.types = other;
    log.warn("{}: its column {} repeats few texts ({}) and is taken as {}; genes are named by column {}",
             list.path.string(), other + 1, some_different(list.columns[other]),
             is_type ? "the types of features" : "no names", roles.names + 1);
  }
  Features features;
  features.names = list.columns[roles.names];
  if (roles.ids) features.ids = list.columns[*roles.ids];
  if (roles.types) features.types = list.columns[*roles.types];
  features.types_are_in = list.path.string();
  for (std::size_t at = 0; at < features.ids.size(); ++at) {
    if (features.names[at].empty()) features.names[at] = features.ids[at];
  }
  return features;
}

/// The column whose title says so, else the first.
Names cells_of(List list) {
  constexpr std::array titles{"bc_wells", "barcode",   "barcodes", "cell_barcode",
                              "cell_id",  "cell_name", "cell"};
  if (list.columns.empty()) return {};
  return std::move(list.columns[titled(list, titles).value_or(0)]);
}

/// One name a line; a line is blank where a gene has none.
Names read_lines(const fs::path& path, double memory) {
  DelimitedReader file(path, Fields::at_tabs);
  const MemoryLimit limit(memory, path);
  double held = 0;
  Names names;
  while (file.next()) {
    held += static_cast<double>(file.fields()[0].size());
    limit.require(held + bytes_of(std::string()) * static_cast<double>(file.line()));
    names.resize(static_cast<std::size_t>(file.line() - 1));
    names.emplace_back(file.fields()[0]);
  }
  return names;
}

/// Names of genes from a file of their own, in the order of the accessions.
void add_symbols(Features& features, const fs::path& path, double memory, Log& log) {
  Names names = read_lines(path, memory);
  if (names.size() != features.names.size()) {
    throw InputError(fmt::format("{}: has {}, and the list of accessions {}; remove it to do without names",
                                 path.string(), counted(std::ssize(names), "name"), features.names.size()));
  }
  features.ids = std::move(features.names);
  features.names = std::move(names);
  for (std::size_t at = 0; at < features.ids.size(); ++at) {
    if (features.names[at].empty()) features.names[at] = features.ids[at];
  }
  log.info("{}: names of the genes", path.string());
}

/// The same from a table of accessions and names.
void add_symbols_by_id(Features& features, const fs::path& path, double memory, Log& log) {
  List table = read_columns(path, 1, memory);
  settle_first_line(table, {-1, -1});  // as long as it likes
  if (table.columns.size() < 2) {
    log.warn("{}: has no second column; genes keep their accessions", path.string());
    return;
  }
  std::unordered_map<std::string_view, std::string_view> name_of;
  for (std::size_t at = 0; at < table.columns[0].size(); ++at)
    name_of[table.columns[0][at]] = table.columns[1][at];
  features.ids = features.names;
  std::int64_t found = 0;
  for (std::string& name : features.names) {
    const auto place = name_of.find(name);
    if (place == name_of.end() || place->second.empty()) continue;
    name = place->second;
    ++found;
  }
  log.info("{}: names of {} of {}", path.string(), with_thousands(found),
           counted(std::ssize(features.names), "gene"));
}

}  // namespace

NamesOfMatrix read_lists(const MatrixMarketFiles& files, std::int64_t rows, std::int64_t columns,
                         double memory, Log& log) {
  NamesOfMatrix names;
  const auto read = [&](const fs::path& path, std::size_t required, const char* what) {
    List list = read_list(path, required, {rows, columns}, memory, log);
    log.info("{}: {} from {}{}", files.matrix.string(), what, list.file(),
             list.titles.empty() ? "" : ", which has a header");
    return list;
  };
  if (files.genes) names.features = features_of(read(*files.genes, 3, "genes"), log);
  if (files.genes && names.features.ids.empty()) {
    if (files.symbols)
      add_symbols(names.features, *files.symbols, memory, log);
    else if (files.symbol_table)
      add_symbols_by_id(names.features, *files.symbol_table, memory, log);
  }
  if (files.cells) names.cells = cells_of(read(*files.cells, 1, "cells"));
  return names;
}

}  // namespace dko
