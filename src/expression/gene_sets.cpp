#include "dko/expression/gene_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/first_texts.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// The set of a line, with genes as they are listed, and texts that are unknown.
struct Line {
  GeneSet set;
  std::set<std::string> unknown;
};

/// Those of some texts that were left out where genes were chosen.
std::int64_t count_left_out(const std::set<std::string>& texts, const LeftOut& left_out) {
  return std::count_if(texts.begin(), texts.end(),
                       [&](const std::string& text) { return left_out.reason(text).has_value(); });
}

/// "few (2 of 12, 8 more are in the data)"
std::string text_of(const Line& line, const LeftOut& left_out) {
  const std::int64_t others = count_left_out(line.unknown, left_out);
  return fmt::format("{} ({} of {}{})", shown_name(line.set.name), line.set.genes.size(),
                     line.set.genes.size() + line.unknown.size(),
                     others > 0 ? fmt::format(", {} more are in the data", with_thousands(others)) : "");
}

/// Warns of sets that are left out.
void warn_of_skipped(const Names& skipped, bool any_left_out, const std::string& path, std::int64_t least,
                     Log& log) {
  log.warn("{}: {} with fewer than {} known genes left out: {}{}", path, counted(std::ssize(skipped), "set"),
           least, first_texts(skipped),
           any_left_out
               ? fmt::format("; {} at training would have those in the data", parameter("with-genes"))
               : "");
}

Line line_of(const DelimitedReader& file, const NameIndex& genes) {
  file.require_utf8();
  const auto fields = file.fields();
  constexpr std::size_t least_fields = 3;
  if (fields.size() < least_fields)
    throw InputError(fmt::format(
        "{}: has {}; a GMT file has a name, a description and at least one gene a line, separated by tabs",
        file.place(), counted(std::ssize(fields), "field")));
  if (fields[0].empty()) throw InputError(fmt::format("{}: a set without a name", file.place()));
  Line line{{std::string(fields[0]), std::string(fields[1]), {}, 0}, {}};
  for (const std::string_view text : fields.subspan(2)) {
    if (text.empty()) continue;
    const Meaning meaning = genes.by_name(text);
    line.set.genes.insert(line.set.genes.end(), meaning.positions.begin(), meaning.positions.end());
    if (meaning.positions.empty()) line.unknown.emplace(text);
  }
  return line;
}

/// All sets of the file, lines of one name together, with a warning.
std::vector<Line> lines_of(const std::filesystem::path& path, const NameIndex& genes, Log& log) {
  DelimitedReader file(path, Fields::at_tabs);
  std::vector<Line> lines;
  std::map<std::string, std::size_t> by_name;
  std::set<std::string> repeated;
  while (file.next()) {
    Line line = line_of(file, genes);
    const auto [known, is_new] = by_name.emplace(line.set.name, lines.size());
    if (is_new) {
      lines.push_back(std::move(line));
      continue;
    }
    repeated.insert(shown_name(line.set.name));
    Line& earlier = lines[known->second];
    earlier.set.genes.insert(earlier.set.genes.end(), line.set.genes.begin(), line.set.genes.end());
    earlier.unknown.merge(line.unknown);
  }
  if (lines.empty()) throw InputError(fmt::format("{}: has no set of genes", path.string()));
  if (!repeated.empty())
    log.warn("{}: {} on several lines, each taken as one set of all their genes: {}", path.string(),
             counted(std::ssize(repeated), "name"), first_texts({repeated.begin(), repeated.end()}));
  return lines;
}

}  // namespace

std::vector<GeneSet> read_gene_sets(const std::filesystem::path& path, const NameIndex& genes,
                                    std::int64_t least, Log& log, const LeftOut& left_out) {
  std::vector<GeneSet> sets;
  Names skipped;
  std::set<std::string> unknown;
  bool any_left_out = false;
  for (Line& line : lines_of(path, genes, log)) {
    GeneSet& set = line.set;
    std::sort(set.genes.begin(), set.genes.end());
    set.genes.erase(std::unique(set.genes.begin(), set.genes.end()), set.genes.end());
    set.unknown = std::ssize(line.unknown);
    if (std::ssize(set.genes) < least) {
      skipped.push_back(text_of(line, left_out));
      any_left_out = any_left_out || count_left_out(line.unknown, left_out) > 0;
    }
    unknown.merge(line.unknown);
    if (std::ssize(set.genes) >= least) sets.push_back(std::move(set));
  }
  if (sets.empty())
    throw InputError(fmt::format(
        "{}: none of its {} has {} of the genes that are used ({} unknown, such as {}): their names must be "
        "those of the data, in upper and lower case",
        path.string(), counted(std::ssize(skipped), "set"), least,
        unknown.size() == 1 ? "1 is" : fmt::format("{} are", with_thousands(std::ssize(unknown))),
        unknown.empty() ? "none" : shown_name(*unknown.begin())));
  const std::int64_t not_chosen = count_left_out(unknown, left_out);
  log.info("{}: {}; {} of other names are not among the genes that are used{}", path.string(),
           counted(std::ssize(sets), "set"), counted(std::ssize(unknown), "gene"),
           not_chosen > 0
               ? fmt::format(", {} of them in the data, but not chosen", with_thousands(not_chosen))
               : "");
  if (!skipped.empty()) warn_of_skipped(skipped, any_left_out, path.string(), least, log);
  return sets;
}

std::vector<GeneSet> read_gene_sets(const std::filesystem::path& path, const ExpressionMatrix& data,
                                    std::int64_t least, Log& log) {
  return read_gene_sets(path, data.gene_index(), least, log, data.genes_left_out());
}

std::vector<std::vector<std::int32_t>> members_of(const std::vector<GeneSet>& sets) {
  std::vector<std::vector<std::int32_t>> members;
  for (const GeneSet& set : sets) members.push_back(set.genes);
  return members;
}

}  // namespace dko
