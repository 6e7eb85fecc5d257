#include "gene_condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr std::string_view prefix = "gene:";

using Comparison = std::function<bool(double, double)>;

/// One way to divide the text.
struct Parts {
  std::string gene;
  Comparison holds;
  double limit = 0;
};

struct Operator {
  std::string_view sign;
  Comparison holds;
};

const std::vector<Operator>& operators() {
  static const std::vector<Operator> all{{"!=", std::not_equal_to<>()}, {">=", std::greater_equal<>()},
                                         {"<=", std::less_equal<>()},   {"==", std::equal_to<>()},
                                         {"=", std::equal_to<>()},      {">", std::greater<>()},
                                         {"<", std::less<>()}};
  return all;
}

/// All divisions at an operator with a number behind it.
std::vector<Parts> divisions_of(const std::string& text) {
  std::vector<Parts> all;
  for (std::size_t at = prefix.size(); at < text.size(); ++at) {
    for (const Operator& candidate : operators()) {
      if (text.compare(at, candidate.sign.size(), candidate.sign) != 0) continue;
      const auto limit = parse_number(trimmed(std::string_view(text).substr(at + candidate.sign.size())));
      const std::string gene(trimmed(std::string_view(text).substr(prefix.size(), at - prefix.size())));
      if (limit && !gene.empty()) all.push_back({gene, candidate.holds, *limit});
      break;
    }
  }
  return all;
}

}  // namespace

std::string gene_condition_meant(const std::string& text, const Names& titles,
                                 const ExpressionMatrix& matrix) {
  const std::string_view whole = trimmed(text);
  const std::string_view name = trimmed(whole.substr(0, whole.find_first_of("!<>=")));
  const auto is_of = [&](const std::string& title) { return title.starts_with(name); };
  if (name.empty() || std::any_of(titles.begin(), titles.end(), is_of) ||
      matrix.gene_index().by_name(name).positions.empty())
    return {};
  return fmt::format("is of a gene, and no column is called so: write '{}{}{}'", prefix, whole,
                     name.size() == whole.size() ? ">NUMBER" : "");
}

std::string range_of_gene(const std::string& condition, std::span<const std::int32_t> cells,
                          const ExpressionMatrix& matrix) {
  if (!is_gene_condition(condition) || cells.empty()) return {};
  const NameIndex index = matrix.gene_index();
  for (const Parts& parts : divisions_of(std::string(trimmed(condition)))) {
    const Meaning meaning = index.by_name(parts.gene);
    if (meaning.positions.size() != 1) continue;
    std::vector<float> values;
    for (const std::int32_t cell : cells) values.push_back(matrix.value(cell, meaning.positions.front()));
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return fmt::format("{} is {} to {} in these {}", shown_name(parts.gene), *least, *most,
                       counted(std::ssize(cells), "cell"));
  }
  return {};
}

bool is_gene_condition(const std::string& text) {
  return trimmed(text).starts_with(prefix);
}

std::vector<bool> meet_gene_condition(const std::string& text, const std::string& name,
                                      const std::string& file, const ExpressionMatrix& matrix) {
  const std::vector<Parts> divisions = divisions_of(std::string(trimmed(text)));
  if (divisions.empty()) {
    throw UsageError(fmt::format(
        "{}: write gene:NAME>NUMBER, with the name of a gene and one of > >= < <= = and !=", name));
  }
  const NameIndex index = matrix.gene_index();
  std::optional<std::pair<Parts, Meaning>> chosen;
  for (const Parts& parts : divisions) {
    Meaning meaning = index.by_name(parts.gene);
    if (meaning.positions.empty()) continue;
    if (chosen) {
      throw UsageError(fmt::format("{}: could be of gene {} or of gene {}", name,
                                   shown_name(chosen->first.gene), shown_name(parts.gene)));
    }
    chosen.emplace(parts, std::move(meaning));
  }
  if (!chosen) {
    const std::string& gene = divisions.front().gene;
    const std::string why = index.why_unknown(gene);
    throw InputError(fmt::format("{}: {}: no gene is called {}{}", file, name, shown_name(gene),
                                 why.empty() ? "" : "; " + why));
  }
  const auto& [parts, meaning] = *chosen;
  if (meaning.positions.size() > 1) {
    throw InputError(
        fmt::format("{}: {}: several genes are called so: {}", file, name, index.candidates(meaning)));
  }
  // As numbers of the matrix: 0.7 in single precision is what was written as 0.7.
  const auto rounded = static_cast<double>(static_cast<float>(parts.limit));
  const double limit = rounded == 0 ? parts.limit : rounded;
  std::vector<bool> holds;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    holds.push_back(parts.holds(static_cast<double>(matrix.value(cell, meaning.positions.front())), limit));
  return holds;
}

}  // namespace dko
