// What the shares of genes say of a loss: rescaling and co-expression.
#include <cmath>
#include <limits>
#include <numbers>

#include "evaluation/change_sums.hpp"
#include "predicted_losses.hpp"

namespace dko {

namespace {

/// Σ p of every gene over all cells, and Σ p_g p of each of the lost genes g. On all ranks.
struct Products {
  std::vector<double> sum;
  std::vector<std::vector<double>> with;
};

Products products_of(const LossQuestion& question) {
  const RelativeProfiles& profiles = question.profiles;
  const auto width = static_cast<std::size_t>(profiles.genes());
  const std::vector<std::int32_t> place = places_of(question.lost, profiles.genes());
  Products products{std::vector<double>(width, 0.0),
                    std::vector(question.lost.size(), std::vector<double>(width, 0.0))};
  for (std::int64_t cell = question.ranks.rank(); cell < profiles.cells(); cell += question.ranks.size()) {
    const auto genes = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    for (std::size_t a = 0; a < genes.size(); ++a) {
      products.sum[static_cast<std::size_t>(genes[a])] += static_cast<double>(shares[a]);
      const std::int32_t wanted = place[static_cast<std::size_t>(genes[a])];
      if (wanted < 0) continue;
      std::vector<double>& with = products.with[static_cast<std::size_t>(wanted)];
      for (std::size_t b = 0; b < genes.size(); ++b)
        with[static_cast<std::size_t>(genes[b])] +=
            static_cast<double>(shares[a]) * static_cast<double>(shares[b]);
    }
  }
  question.ranks.sum(std::span<double>(products.sum));
  for (std::vector<double>& with : products.with) question.ranks.sum(std::span<double>(with));
  return products;
}

/// Changes by one lost gene; nothing where its share does not vary.
PredictedChange line_to_zero(const std::vector<double>& sum, const std::vector<double>& with,
                             std::size_t lost, double cells) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  constexpr double rounding = 1e-12;
  const double mean = sum[lost] / cells;
  const double variance = with[lost] / cells - mean * mean;
  if (!(variance > rounding * mean * mean)) return {};
  PredictedChange change(sum.size(), none);
  for (std::size_t gene = 0; gene < sum.size(); ++gene) {
    const double level = sum[gene] / cells;
    if (gene == lost || !(level > 0)) continue;
    const double covariance = with[gene] / cells - mean * level;
    change[gene] = without_rounding(-covariance / variance * mean / level / std::numbers::ln2);
  }
  return change;
}

}  // namespace

PredictedLosses losses_by_coexpression(const LossQuestion& question) {
  const Products products = products_of(question);
  PredictedLosses losses{"co-expression", false, true, {}};
  for (std::size_t at = 0; at < question.lost.size(); ++at)
    losses.changes.push_back(line_to_zero(products.sum, products.with[at],
                                          static_cast<std::size_t>(question.lost[at]),
                                          static_cast<double>(question.profiles.cells())));
  return losses;
}

PredictedLosses losses_by_rescaling(const LossQuestion& question) {
  const RelativeProfiles& profiles = question.profiles;
  const std::vector<std::int32_t> place = places_of(question.lost, profiles.genes());
  std::vector<ChangeSums> sums = no_change_sums(question.lost, profiles.genes());
  for (std::int64_t cell = question.ranks.rank(); cell < profiles.cells(); cell += question.ranks.size()) {
    const auto genes = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    if (genes.size() < 2) continue;
    for (const std::int32_t gene : genes) {
      const std::int32_t wanted = place[static_cast<std::size_t>(gene)];
      if (wanted < 0) continue;
      ChangeSums& of_gene = sums[static_cast<std::size_t>(wanted)];
      ++of_gene.cells_before;
      ++of_gene.cells_after;
      add_without(genes, shares, gene, of_gene.after);
      for (std::size_t at = 0; at < genes.size(); ++at)
        of_gene.before[static_cast<std::size_t>(genes[at])] += static_cast<double>(shares[at]);
    }
  }
  const auto means = means_over_ranks(std::move(sums), question.ranks);
  return {"rescaling alone", false, true, log2_changes(means, question.lost)};
}

}  // namespace dko
