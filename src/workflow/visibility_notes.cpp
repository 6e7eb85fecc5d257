#include "dko/workflow/visibility_notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/numbers.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// "Cst3 (all cells express it), …": the first few of them.
std::string examples(std::span<const std::int32_t> invisible, const Names& genes,
                     std::span<const GeneVisibility> visibility) {
  constexpr std::size_t most = 5;
  std::string text;
  for (const std::int32_t gene : invisible.first(std::min(most, invisible.size()))) {
    const auto at = static_cast<std::size_t>(gene);
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", genes[at], why_not_visible(visibility[at]));
  }
  if (invisible.size() > most) text += ", …";
  return text;
}

void warn(std::span<const std::int32_t> asked_for, const char* which, const Names& genes,
          std::span<const GeneVisibility> visibility, Log& log, bool activates = false) {
  std::vector<std::int32_t> invisible;
  std::copy_if(asked_for.begin(), asked_for.end(), std::back_inserter(invisible),
               [&](std::int32_t gene) { return !is_visible(visibility[static_cast<std::size_t>(gene)]); });
  if (invisible.empty()) return;
  log.warn("{} of {}{} {}: {}", with_thousands(std::ssize(invisible)), counted(std::ssize(asked_for), "gene"),
           which,
           activates ? "cannot be seen both with and without presence: what switching them on does is unknown"
                     : "cannot be seen to be absent: what their loss does is unknown, not zero",
           examples(invisible, genes, visibility));
}

/// Warns of genes that are visible by their level alone.
void warn_of_levels(std::span<const std::int32_t> asked_for, const Names& genes,
                    std::span<const GeneVisibility> visibility, Log& log) {
  std::vector<GeneVisibility> by_presence(visibility.begin(), visibility.end());
  for (GeneVisibility& gene : by_presence) gene.by_level = false;
  std::vector<std::int32_t> by_level;
  std::copy_if(asked_for.begin(), asked_for.end(), std::back_inserter(by_level), [&](std::int32_t gene) {
    const auto at = static_cast<std::size_t>(gene);
    return visibility[at].by_level && !is_visible(by_presence[at]);
  });
  if (by_level.empty()) return;
  log.warn(
      "the loss of {} of {} to knock out was never seen in the data, only {} level: what it does is "
      "carried on from lower levels: {}",
      with_thousands(std::ssize(by_level)), counted(std::ssize(asked_for), "gene"),
      by_level.size() == 1 ? "its" : "their", examples(by_level, genes, by_presence));
}

/// The genes that a plan knocks out, or those that it switches on: ascending, each once.
std::vector<std::int32_t> genes_of(const ScreenPlan& plan, std::int64_t genes, bool added) {
  std::vector<char> is_one(static_cast<std::size_t>(genes), 0);
  const auto note = [&](std::int32_t gene) { is_one[static_cast<std::size_t>(gene)] = 1; };
  if ((plan.singles.any() || plan.doubles.any()) && plan.activates == added)
    for (const std::int32_t gene : plan.targets.genes()) note(gene);
  if (plan.list) {
    const auto of_list = plan.list->all_genes();
    const auto signs = plan.list->all_added();
    for (std::size_t at = 0; at < of_list.size(); ++at) {
      const bool is_added = signs.empty() ? plan.activates : signs[at] == 1;  // a sample has no signs
      if (is_added == added) note(of_list[at]);
    }
  }
  std::vector<std::int32_t> found;
  for (std::int32_t gene = 0; gene < genes; ++gene) {
    if (is_one[static_cast<std::size_t>(gene)] != 0) found.push_back(gene);
  }
  return found;
}

}  // namespace

std::vector<GeneVisibility> find_visibility(const ExpressionMatrix& data, const Split& split, Log& log) {
  std::vector<std::int64_t> cells = split.training;
  cells.insert(cells.end(), split.validation.begin(), split.validation.end());
  std::vector<GeneVisibility> visibility = gene_visibility(data, cells);
  warn(numbers_below<std::int32_t>(visibility.size()), "", data.gene_names(), visibility, log);
  return visibility;
}

void warn_of_invisible(const ScreenPlan& plan, const Names& genes, std::span<const GeneVisibility> visibility,
                       Log& log) {
  warn_of_invisible(genes_of(plan, std::ssize(genes), false), genes, visibility, log);
  warn_of_invisible_added(genes_of(plan, std::ssize(genes), true), genes, visibility, log);
}

void warn_of_invisible_added(std::span<const std::int32_t> added, const Names& genes,
                             std::span<const GeneVisibility> visibility, Log& log) {
  if (!visibility.empty()) warn(added, " to switch on", genes, visibility, log, true);
}

void warn_of_invisible(std::span<const std::int32_t> lost, const Names& genes,
                       std::span<const GeneVisibility> visibility, Log& log) {
  if (visibility.empty()) return;
  warn(lost, " to knock out", genes, visibility, log);
  warn_of_levels(lost, genes, visibility, log);
}

bool is_restricted(const ScreenPlan& plan, std::int64_t genes) {
  return std::ssize(genes_of(plan, genes, plan.activates)) < genes;
}

}  // namespace dko
