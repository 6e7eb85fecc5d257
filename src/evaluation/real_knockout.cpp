#include "dko/evaluation/real_knockout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/metrics.hpp"
#include "dko/knockout/cell_kernel.hpp"

namespace dko {

namespace {

constexpr double significance = 0.05;
constexpr std::int64_t fewest_genes = 3;

std::optional<std::size_t> column_of(std::span<const std::string_view> titles,
                                     std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = std::find(titles.begin(), titles.end(), name);
    if (found != titles.end()) return static_cast<std::size_t>(found - titles.begin());
  }
  return std::nullopt;
}

double number_in(const DelimitedReader& row, std::size_t column) {
  if (column < row.fields().size()) {
    if (const auto value = parse_number(row.fields()[column])) return *value;
  }
  throw InputError(fmt::format("{}: column {} holds no number", row.place(), column + 1));
}

/// Sums of profiles of one gene's cells, before and after.
struct Sums {
  std::vector<double> before;
  std::vector<double> after;
  std::int64_t cells = 0;
};

MeanChange mean_of(const Sums& sums) {
  MeanChange mean{sums.cells, sums.before, sums.after};
  for (auto* profile : {&mean.before, &mean.after}) {
    for (double& share : *profile) share = sums.cells > 0 ? share / static_cast<double>(sums.cells) : 0.0;
  }
  return mean;
}

/// The place of each gene among `genes`; −1 for the others.
std::vector<std::int32_t> places_of(std::span<const std::int32_t> genes, std::int64_t total) {
  std::vector<std::int32_t> place(static_cast<std::size_t>(total), -1);
  for (std::size_t at = 0; at < genes.size(); ++at)
    place[static_cast<std::size_t>(genes[at])] = static_cast<std::int32_t>(at);
  return place;
}

/// Adds what the mapping predicts for the knockout of the gene at `position` of a cell.
void add_knockout(CellKernel& kernel, std::span<const std::int32_t> expressed, std::int32_t position,
                  Sums& sums) {
  const std::vector<double> before = kernel.intact_profile();
  const std::vector<double> after = kernel.profile_after(std::span(&position, 1));
  double rest = 0;
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (static_cast<std::int32_t>(at) != position) rest += before[at];
  }
  ++sums.cells;
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (static_cast<std::int32_t>(at) == position || !(rest > 0)) continue;
    const auto gene = static_cast<std::size_t>(expressed[at]);
    sums.before[gene] += before[at] / rest;
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
  const auto gene_column = column_of(file.fields(), {"gene", "gene_name", "gene_id"});
  const auto change_column =
      column_of(file.fields(), {"log2fc_KO_vs_WT", "log2fc", "log2FoldChange", "logFC"});
  const auto p_column = column_of(file.fields(), {"mwu_p", "pvalue", "p_value", "p"});
  if (!gene_column || !change_column) {
    throw InputError(fmt::format(
        "{}: needs the columns gene and log2fc_KO_vs_WT (or log2fc, log2FoldChange, logFC)", file.place()));
  }
  const NameIndex index("gene", matrix.gene_names());
  std::vector<bool> seen(static_cast<std::size_t>(matrix.genes()), false);
  RealKnockout knockout;
  while (file.next()) {
    const double change = number_in(file, *change_column);
    const double p = p_column ? number_in(file, *p_column) : 1.0;
    const std::string_view name = *gene_column < file.fields().size() ? file.fields()[*gene_column] : "";
    auto gene = index.find_name(name);
    if (!gene) gene = index.find_number(name);
    if (!gene) {
      ++knockout.unknown;
      continue;
    }
    if (seen[static_cast<std::size_t>(*gene)])
      throw InputError(fmt::format("{}: gene {} is there twice", file.place(), name));
    seen[static_cast<std::size_t>(*gene)] = true;
    if (!std::isfinite(change)) {
      ++knockout.undefined;
      continue;
    }
    knockout.genes.push_back(*gene);
    knockout.log2_change.push_back(change);
    if (p_column) knockout.significant.push_back(p < significance);
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
  if (!(was > 0 && is > 0)) return std::nullopt;
  return std::log2(is / was);
}

std::vector<MeanChange> predicted_changes(const ExpressionMatrix& profiles, const CollapsedMapping& mapping,
                                          std::span<const std::int32_t> genes, const Communicator& ranks) {
  const auto width = static_cast<std::size_t>(profiles.genes());
  const std::vector<std::int32_t> place = places_of(genes, profiles.genes());
  std::vector<Sums> sums(genes.size(), {std::vector<double>(width, 0.0), std::vector<double>(width, 0.0), 0});
  CellKernel kernel(mapping);
  // Round robin: neighbours in a file may differ in size together.
  for (std::int64_t cell = ranks.rank(); cell < profiles.cells(); cell += ranks.size()) {
    const auto expressed = profiles.expressed(cell);
    if (expressed.size() < 2) continue;
    kernel.load(expressed);
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      const std::int32_t wanted = place[static_cast<std::size_t>(expressed[at])];
      if (wanted < 0) continue;
      add_knockout(kernel, expressed, static_cast<std::int32_t>(at), sums[static_cast<std::size_t>(wanted)]);
    }
  }
  std::vector<MeanChange> changes;
  for (Sums& of_gene : sums) {
    ranks.sum(std::span<double>(of_gene.before));
    ranks.sum(std::span<double>(of_gene.after));
    of_gene.cells = ranks.sum(of_gene.cells);
    changes.push_back(mean_of(of_gene));
  }
  return changes;
}

std::vector<MeanChange> observed_contrasts(const ExpressionMatrix& profiles,
                                           std::span<const std::int32_t> genes) {
  const auto width = static_cast<std::size_t>(profiles.genes());
  std::vector<MeanChange> contrasts;
  for (const std::int32_t gene : genes) {
    Sums with{std::vector<double>(width, 0.0), {}, 0};
    Sums lacking{std::vector<double>(width, 0.0), {}, 0};
    for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
      const auto expressed = profiles.expressed(cell);
      const auto shares = profiles.values(cell);
      const auto found = std::lower_bound(expressed.begin(), expressed.end(), gene);
      const bool has = found != expressed.end() && *found == gene;
      if (expressed.empty() || (has && expressed.size() < 2)) continue;
      const double own =
          has ? static_cast<double>(shares[static_cast<std::size_t>(found - expressed.begin())]) : 0;
      Sums& sums = has ? with : lacking;
      ++sums.cells;
      for (std::size_t at = 0; at < expressed.size(); ++at) {
        if (expressed[at] != gene)
          sums.before[static_cast<std::size_t>(expressed[at])] += static_cast<double>(shares[at]) / (1 - own);
      }
    }
    contrasts.push_back({with.cells, mean_of(with).before, mean_of(lacking).before});
  }
  return contrasts;
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
  const auto as_good = std::count_if(null.begin(), null.end(), [&](double other) { return other >= value; });
  return static_cast<double>(1 + as_good) / static_cast<double>(1 + std::ssize(null));
}

}  // namespace dko
