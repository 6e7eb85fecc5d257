#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/simulation/regulatory_network.hpp"

namespace dko {

/// What becomes of a repressor's term r/(1+x) in the production of its target where the repressor is absent
/// from the cell or knocked out.
enum class RepressorLoss {
  vanishes,  ///< the term is gone, as in the original's simulations: the target loses that production
  frees,     ///< x = 0, so the term is r: the target is freed
};

/// The regulation of all genes of a network, by target:
///
///     dx_j/dt = −x_j + F_j(x),   F_j = Σ_i a_ij x_i/(1+x_i) + Σ_i r_ij/(1+x_i)
///
/// over the activators and the repressors i of gene j; x is in units of what saturates, time in lifetimes of
/// the molecules. Absent genes stay at 0. Read-only.
class RegulatoryDynamics {
 public:
  RegulatoryDynamics(std::span<const Regulation> network, std::int64_t genes, RepressorLoss loss);

  std::int64_t genes() const { return static_cast<std::int64_t>(starts_.size()) - 1; }

  /// F(x) of every gene; 0 for absent ones. All spans hold one entry a gene. Local.
  void production(const std::vector<bool>& absent, std::span<const double> x,
                  std::span<double> production) const;

 private:
  struct Term {
    std::int32_t regulator;
    bool activates;
    double weight;
  };
  double lost_repressor_;             // what is left of r where the repressor is absent
  std::vector<std::int64_t> starts_;  // first term of each target
  std::vector<Term> terms_;
};

}  // namespace dko
