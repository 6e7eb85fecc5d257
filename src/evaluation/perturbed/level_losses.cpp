// What the shares of genes say of a loss: rescaling and co-expression.
#include <cmath>
#include <limits>
#include <numbers>

#include "evaluation/cell_events.hpp"
#include "evaluation/change_sums.hpp"
#include "predicted_losses.hpp"

namespace dko {

namespace {

/// Σ p of every gene over all cells, how many express it, and Σ p_g p of each of the perturbed genes g. On
/// all ranks.
struct Products {
  std::vector<double> sum;
  std::vector<std::int64_t> cells;
  std::vector<std::vector<double>> with;
};

Products products_of(const LossQuestion& question) {
  const RelativeProfiles& profiles = question.profiles;
  const auto width = static_cast<std::size_t>(profiles.genes());
  const std::vector<std::int32_t> place = places_of(question.lost, profiles.genes());
  Products products{std::vector<double>(width, 0.0), std::vector<std::int64_t>(width, 0),
                    std::vector(question.lost.size(), std::vector<double>(width, 0.0))};
  for (std::int64_t cell = question.ranks.rank(); cell < profiles.cells(); cell += question.ranks.size()) {
    const auto genes = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    for (std::size_t a = 0; a < genes.size(); ++a) {
      products.sum[static_cast<std::size_t>(genes[a])] += static_cast<double>(shares[a]);
      ++products.cells[static_cast<std::size_t>(genes[a])];
      const std::int32_t wanted = place[static_cast<std::size_t>(genes[a])];
      if (wanted < 0) continue;
      std::vector<double>& with = products.with[static_cast<std::size_t>(wanted)];
      for (std::size_t b = 0; b < genes.size(); ++b)
        with[static_cast<std::size_t>(genes[b])] +=
            static_cast<double>(shares[a]) * static_cast<double>(shares[b]);
    }
  }
  question.ranks.sum(std::span<double>(products.sum));
  question.ranks.sum(std::span<std::int64_t>(products.cells));
  for (std::vector<double>& with : products.with) question.ranks.sum(std::span<double>(with));
  return products;
}

/// How far the line is followed, in shares of the perturbed gene: from its mean to what is left of it, or to
/// the mean of the cells that have it; 0 where all have it.
double way_of(const Products& products, std::size_t gene, double cells, const PerturbationKind& kind) {
  const double mean = products.sum[gene] / cells;
  if (!kind.activates) return -(1 - kind.presence) * mean;
  const auto with = static_cast<double>(products.cells[gene]);
  return with < cells ? products.sum[gene] / with - mean : 0;
}

/// Changes by one perturbed gene, of which `with` is; nothing where its share does not vary, or there is no
/// way.
PredictedChange along_line(const Products& products, const std::vector<double>& with, std::size_t perturbed,
                           double cells, const PerturbationKind& kind) {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  constexpr double rounding = 1e-12;
  const std::vector<double>& sum = products.sum;
  const double mean = sum[perturbed] / cells;
  const double variance = with[perturbed] / cells - mean * mean;
  if (!(variance > rounding * mean * mean)) return {};
  const double way = way_of(products, perturbed, cells, kind);
  if (way == 0) return {};
  PredictedChange change(sum.size(), nothing);
  for (std::size_t gene = 0; gene < sum.size(); ++gene) {
    const double level = sum[gene] / cells;
    if (gene == perturbed || !(level > 0)) continue;
    const double covariance = with[gene] / cells - mean * level;
    change[gene] = without_rounding(covariance / variance * way / level / std::numbers::ln2);
  }
  return change;
}

}  // namespace

PredictedLosses losses_by_coexpression(const LossQuestion& question) {
  const Products products = products_of(question);
  PredictedLosses losses{"co-expression", false, true, {}};
  for (std::size_t at = 0; at < question.lost.size(); ++at)
    losses.changes.push_back(along_line(products, products.with[at],
                                        static_cast<std::size_t>(question.lost[at]),
                                        static_cast<double>(question.profiles.cells()), question.kind));
  return losses;
}

PredictedLosses losses_by_rescaling(const LossQuestion& question) {
  const RelativeProfiles& profiles = question.profiles;
  CellEvents events(question.lost, question.kind);
  std::vector<ChangeSums> sums = no_change_sums(question.lost, profiles.genes());
  for (std::int64_t cell = question.ranks.rank(); cell < profiles.cells(); cell += question.ranks.size()) {
    const auto genes = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    events.find(profiles, cell);
    for (const CellEvent& event : events.found()) {
      ChangeSums& of_gene = sums[event.place];
      ++of_gene.cells_before;
      ++of_gene.cells_after;
      add_without(genes, shares, question.lost[event.place], of_gene.after, 1, question.kind.presence);
      for (std::size_t at = 0; at < genes.size(); ++at)
        of_gene.before[static_cast<std::size_t>(genes[at])] += static_cast<double>(shares[at]);
    }
  }
  const auto means = means_over_ranks(std::move(sums), question.ranks);
  return {"rescaling alone", false, true, log2_changes(means, question.lost)};
}

}  // namespace dko
