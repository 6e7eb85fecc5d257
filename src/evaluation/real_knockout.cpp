#include "dko/evaluation/real_knockout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "cell_events.hpp"
#include "change_sums.hpp"
#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/metrics/metrics.hpp"
#include "gene_of_row.hpp"

namespace dko {

namespace {

constexpr double significant_p = 0.05;
constexpr std::int64_t fewest_genes = 3;

std::optional<std::size_t> column_of(std::span<const std::string_view> titles,
                                     std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = std::find(titles.begin(), titles.end(), name);
    if (found != titles.end()) return static_cast<std::size_t>(found - titles.begin());
  }
  return std::nullopt;
}

/// The number in a column; nothing where it is not defined (NA, nan, or empty, as R and pandas write it).
std::optional<double> number_in(const DelimitedReader& row, std::size_t column) {
  const std::string_view text = column < row.fields().size() ? row.fields()[column] : "";
  if (text.empty() || text == "NA") return std::nullopt;
  const auto value = parse_number(text);
  if (!value)
    throw InputError(fmt::format("{}: '{}' in column {} is not a number", row.place(), text, column + 1));
  return std::isnan(*value) ? std::nullopt : value;
}

bool is_significant(const DelimitedReader& row, std::size_t column) {
  const auto p = number_in(row, column);
  if (p && (*p < 0 || *p > 1))
    throw InputError(fmt::format("{}: p = {:g} is not between 0 and 1", row.place(), *p));
  return p && *p < significant_p;
}

/// Adds what the mapping predicts if the gene at `position` of a cell is perturbed.
void add_event(EnsembleKernel& kernel, std::span<const std::int32_t> expressed, std::int32_t position,
               ChangeSums& sums) {
  const std::vector<double> before = kernel.intact_profile();
  const std::vector<double> after = kernel.profile_after(std::span(&position, 1));
  const double left = 1 - after[static_cast<std::size_t>(position)];  // for the others
  double rest = 0;
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (static_cast<std::int32_t>(at) != position) rest += before[at];
  }
  ++sums.cells_before;
  ++sums.cells_after;
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (static_cast<std::int32_t>(at) == position || !(rest > 0)) continue;
    const auto gene = static_cast<std::size_t>(expressed[at]);
    sums.before[gene] += before[at] / rest * left;
    sums.after[gene] += after[at];
  }
}

int sign_of(double value) {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

}  // namespace

RealKnockout read_real_knockout(const std::filesystem::path& path, const ExpressionMatrix& matrix) {
  DelimitedReader file(path);
  if (!file.next()) throw InputError(fmt::format("{}: is empty", path.string()));
  const auto by_number = column_of(file.fields(), {"gene_index"});
  const auto by_name = column_of(file.fields(), {"gene", "gene_name", "gene_id", ""});
  const auto change_column =
      column_of(file.fields(), {"log2fc_KO_vs_WT", "log2fc", "log2FoldChange", "logFC"});
  const auto p_column = column_of(file.fields(), {"mwu_p", "pvalue", "p_value", "p"});
  if (!(by_number || by_name) || !change_column) {
    throw InputError(fmt::format(
        "{}: needs the columns gene and log2fc_KO_vs_WT (or log2fc, log2FoldChange, logFC)", file.place()));
  }
  const NameIndex index = matrix.gene_index();
  std::vector<bool> seen(static_cast<std::size_t>(matrix.genes()), false);
  RealKnockout knockout;
  while (file.next()) {
    const auto change = number_in(file, *change_column);
    const bool significant = p_column && is_significant(file, *p_column);
    const std::size_t column = by_number ? *by_number : *by_name;
    const std::string_view name = column < file.fields().size() ? file.fields()[column] : "";
    const auto gene = gene_in(file, column, by_number.has_value(), index);
    if (!gene) {
      ++knockout.unknown;
      continue;
    }
    if (seen[static_cast<std::size_t>(*gene)])
      throw InputError(fmt::format("{}: gene {} appears twice", file.place(), name));
    seen[static_cast<std::size_t>(*gene)] = true;
    if (!change || !std::isfinite(*change)) {
      ++knockout.undefined;
      continue;
    }
    knockout.genes.push_back(*gene);
    knockout.log2_change.push_back(*change);
    if (p_column) knockout.significant.push_back(significant);
  }
  if (std::ssize(knockout.genes) < fewest_genes) {
    throw InputError(fmt::format("{}: {} of these data in it, {} of others: too few to compare",
                                 path.string(), counted(std::ssize(knockout.genes), "gene"),
                                 with_thousands(knockout.unknown)));
  }
  return knockout;
}

std::optional<double> MeanChange::log2_change(std::int32_t gene) const {
  const double was = before[static_cast<std::size_t>(gene)];
  const double is = after[static_cast<std::size_t>(gene)];
  constexpr double rounding = 1e-12;
  if (!(was > 0 && is > 0)) return std::nullopt;
  if (std::abs(is - was) <= rounding * (is + was)) return 0.0;
  return std::log2(is / was);
}

std::vector<MeanChange> predicted_changes(const RelativeProfiles& profiles,
                                          std::span<const CollapsedMapping> members,
                                          std::span<const std::int32_t> genes, const Communicator& ranks,
                                          Base base, const PerturbationKind& kind) {
  CellEvents events(genes, kind);
  std::vector<ChangeSums> sums = no_change_sums(genes, profiles.genes());
  EnsembleKernel kernel(members, best_instruction_set(), base);
  kernel.set_presence(kind.presence);
  // Round robin: neighbours in a file may differ in size together.
  for (std::int64_t cell = ranks.rank(); cell < profiles.cells(); cell += ranks.size()) {
    events.find(profiles, cell);
    if (events.found().empty()) continue;
    kernel.load({intact_cell(profiles, cell), events.absent()});
    for (const CellEvent& event : events.found())
      add_event(kernel, profiles.expressed(cell), event.position, sums[event.place]);
  }
  return means_over_ranks(std::move(sums), ranks);
}

std::vector<MeanChange> observed_contrasts(const RelativeProfiles& profiles,
                                           std::span<const std::int32_t> genes, const Communicator& ranks,
                                           const PerturbationKind& kind) {
  std::vector<ChangeSums> sums = no_change_sums(genes, profiles.genes());
  for (std::int64_t cell = ranks.rank(); cell < profiles.cells(); cell += ranks.size()) {
    const auto expressed = profiles.expressed(cell);
    for (std::size_t at = 0; at < genes.size(); ++at) {
      const bool has = profiles.expresses(cell, genes[at]);
      if (expressed.empty() || (has && expressed.size() < 2)) continue;
      ++(has ? sums[at].cells_before : sums[at].cells_after);
      add_without(expressed, profiles.values(cell), genes[at], has ? sums[at].before : sums[at].after);
    }
  }
  auto means = means_over_ranks(std::move(sums), ranks);
  for (MeanChange& mean : means) turn_to(kind, mean);
  return means;
}

ChangeAgreement compare_changes(const RealKnockout& truth, const MeanChange& predicted,
                                std::int32_t knocked_out) {
  ChangeAgreement agreement;
  std::vector<double> real;
  std::vector<double> expected;
  for (std::size_t at = 0; at < truth.genes.size(); ++at) {
    if (truth.genes[at] == knocked_out) continue;
    const auto change = predicted.log2_change(truth.genes[at]);
    if (!change) continue;
    real.push_back(truth.log2_change[at]);
    expected.push_back(*change);
    const int signs = sign_of(real.back()) * sign_of(*change);
    if (signs == 0) continue;
    const std::int64_t same = signs > 0 ? 1 : 0;
    ++agreement.signs;
    agreement.same_sign += same;
    if (truth.significant.empty() || !truth.significant[at]) continue;
    ++agreement.significant_signs;
    agreement.significant_same_sign += same;
  }
  agreement.genes = std::ssize(real);
  if (agreement.genes >= fewest_genes)
    agreement.spearman = spearman(RankedValues(std::move(real)), RankedValues(std::move(expected)));
  return agreement;
}

double permutation_p(double value, const std::vector<double>& null) {
  constexpr double rounding = 1e-12;  // of equal correlations
  const auto as_good =
      std::count_if(null.begin(), null.end(), [&](double other) { return other >= value - rounding; });
  return static_cast<double>(1 + as_good) / static_cast<double>(1 + std::ssize(null));
}

}  // namespace dko
