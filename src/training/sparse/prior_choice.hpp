#pragma once
// How far the penalties of the pairs that a prior supports are lowered.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dealt_table.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/training/sparse/network_prior.hpp"
#include "gene_fit.hpp"

namespace dko {

/// The pairs of a prior by target.
class PairSupport {
 public:
  PairSupport(const NetworkPrior& prior, std::int64_t genes);

  struct Pair {
    std::int32_t regulator;
    double weight;      ///< above 0, up to 1
    std::int32_t sign;  ///< that the effect must have; 0: any
  };
  /// Those of this target, regulators ascending.
  std::span<const Pair> of(std::int64_t target) const {
    const auto first = static_cast<std::size_t>(starts_[static_cast<std::size_t>(target)]);
    return std::span(pairs_).subspan(
        first, static_cast<std::size_t>(starts_[static_cast<std::size_t>(target) + 1]) - first);
  }
  bool empty() const { return pairs_.empty(); }

 private:
  std::vector<std::int64_t> starts_;
  std::vector<Pair> pairs_;
};

inline constexpr std::size_t most_prior_targets = 300;
inline constexpr std::int64_t prior_fits = 5;  ///< of each target, one by each factor

/// Finds the squared errors of this rank's own of the targets (prior_targets()) in cells left out, by each
/// factor, where they are not known: `errors`, targets × prior_fits. `setting` has the support; its own
/// factor does not matter. `fitted` is called with the gene after each fit, when its error is in the table.
/// Local.
void find_prior_errors(RegressionSetting setting, std::span<const std::int32_t> targets,
                       std::span<const std::int64_t> cells, DealtTable& errors, RegressionMemory& memory,
                       const std::function<void(std::int32_t gene)>& fitted);

/// The factor that penalties of supported pairs are multiplied by (to the power of the pair's weight): of few
/// choices down from 1 the one that predicts cells left out best, by the mean over targets of the logarithm
/// of the squared error in parts of that at 1, of each 2 % at most; 1 unless the gain is beyond what varies
/// between targets, and of those that are as good the nearest to 1. The same on all ranks, and for any number
/// of them. Collective.
double choose_prior_factor(const DealtTable& errors, const Communicator& communicator);

/// The targets by which the factor is chosen: genes with a supported pair that enough cells express, of more
/// than most_prior_targets those in most cells. Local.
std::vector<std::int32_t> prior_targets(const PairSupport& support, const RelativeProfiles& profiles,
                                        std::span<const std::int64_t> cells);

}  // namespace dko
