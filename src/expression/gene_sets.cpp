#include "dko/expression/gene_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// The set of a line, with genes as they are listed, and texts that are unknown.
struct Line {
  GeneSet set;
  std::set<std::string> unknown;
};

Line line_of(const DelimitedReader& file, const NameIndex& genes) {
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

/// All sets of the file, lines of one name together.
std::vector<Line> lines_of(const std::filesystem::path& path, const NameIndex& genes) {
  DelimitedReader file(path, Fields::at_tabs);
  std::vector<Line> lines;
  std::map<std::string, std::size_t> by_name;
  while (file.next()) {
    Line line = line_of(file, genes);
    const auto [known, is_new] = by_name.emplace(line.set.name, lines.size());
    if (is_new) {
      lines.push_back(std::move(line));
      continue;
    }
    Line& earlier = lines[known->second];
    earlier.set.genes.insert(earlier.set.genes.end(), line.set.genes.begin(), line.set.genes.end());
    earlier.unknown.merge(line.unknown);
  }
  if (lines.empty()) throw InputError(fmt::format("{}: has no set of genes", path.string()));
  return lines;
}

}  // namespace

std::vector<GeneSet> read_gene_sets(const std::filesystem::path& path, const NameIndex& genes,
                                    std::int64_t least, Log& log) {
  std::vector<GeneSet> sets;
  Names skipped;
  std::set<std::string> unknown;
  for (Line& line : lines_of(path, genes)) {
    GeneSet& set = line.set;
    std::sort(set.genes.begin(), set.genes.end());
    set.genes.erase(std::unique(set.genes.begin(), set.genes.end()), set.genes.end());
    set.unknown = std::ssize(line.unknown);
    unknown.merge(line.unknown);
    if (std::ssize(set.genes) < least)
      skipped.push_back(set.name);
    else
      sets.push_back(std::move(set));
  }
  if (sets.empty())
    throw InputError(fmt::format(
        "{}: none of its {} has {} of the genes that are used ({} unknown, such as {}): their names must be "
        "those of the data, in upper and lower case",
        path.string(), counted(std::ssize(skipped), "set"), least,
        unknown.size() == 1 ? "1 is" : fmt::format("{} are", with_thousands(std::ssize(unknown))),
        unknown.empty() ? "none" : shown_name(*unknown.begin())));
  log.info("{}: {}; {} of other names are not among the genes that are used", path.string(),
           counted(std::ssize(sets), "set"), counted(std::ssize(unknown), "gene"));
  if (!skipped.empty())
    log.warn("{}: {} with fewer than {} known genes left out: {}", path.string(),
             counted(std::ssize(skipped), "set"), least, some_names(skipped));
  return sets;
}

std::vector<GeneSet> read_gene_sets(const std::filesystem::path& path, const ExpressionMatrix& data,
                                    std::int64_t least, Log& log) {
  return read_gene_sets(path, data.gene_index(), least, log);
}

std::vector<std::vector<std::int32_t>> members_of(const std::vector<GeneSet>& sets) {
  std::vector<std::vector<std::int32_t>> members;
  for (const GeneSet& set : sets) members.push_back(set.genes);
  return members;
}

}  // namespace dko
