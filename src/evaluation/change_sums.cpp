#include "change_sums.hpp"

#include <algorithm>

namespace dko {

std::vector<ChangeSums> no_change_sums(std::span<const std::int32_t> genes, std::int64_t width) {
  const std::vector<double> zeros(static_cast<std::size_t>(width), 0.0);
  return std::vector<ChangeSums>(genes.size(), {zeros, zeros, 0, 0});
}

std::vector<MeanChange> means_over_ranks(std::vector<ChangeSums> sums, const Communicator& ranks) {
  std::vector<MeanChange> means;
  for (ChangeSums& of_gene : sums) {
    MeanChange mean{ranks.sum(of_gene.cells_before), ranks.sum(of_gene.cells_after),
                    std::move(of_gene.before), std::move(of_gene.after)};
    ranks.sum(std::span<double>(mean.before));
    ranks.sum(std::span<double>(mean.after));
    for (double& share : mean.before) share /= static_cast<double>(std::max<std::int64_t>(1, mean.cells));
    for (double& share : mean.after)
      share /= static_cast<double>(std::max<std::int64_t>(1, mean.cells_after));
    means.push_back(std::move(mean));
  }
  return means;
}

void turn_to(const PerturbationKind& kind, MeanChange& lost) {
  if (kind.activates) {
    std::swap(lost.before, lost.after);
    std::swap(lost.cells, lost.cells_after);
  }
  if (!(kind.presence > 0)) return;
  for (std::size_t gene = 0; gene < lost.after.size(); ++gene)
    lost.after[gene] = kind.presence * lost.before[gene] + (1 - kind.presence) * lost.after[gene];
}

std::vector<std::int32_t> places_of(std::span<const std::int32_t> genes, std::int64_t total) {
  std::vector<std::int32_t> place(static_cast<std::size_t>(total), -1);
  for (std::size_t at = 0; at < genes.size(); ++at)
    place[static_cast<std::size_t>(genes[at])] = static_cast<std::int32_t>(at);
  return place;
}

void add_without(std::span<const std::int32_t> expressed, std::span<const float> shares, std::int32_t gene,
                 std::vector<double>& sum, double weight, double presence) {
  double rest = 0;
  double kept = 0;
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    if (expressed[at] != gene)
      rest += static_cast<double>(shares[at]);
    else
      kept = presence * static_cast<double>(shares[at]);
  }
  rest += kept;
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    if (expressed[at] != gene)
      sum[static_cast<std::size_t>(expressed[at])] += weight * (static_cast<double>(shares[at]) / rest);
  }
}

}  // namespace dko
