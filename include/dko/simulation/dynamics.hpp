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

/// How the regulators of a gene act together.
enum class Kinetics {
  additive,        ///< their terms add up, as in the original's simulations
  multiplicative,  ///< each multiplies or divides the production
};

/// The regulation of all genes of a network, by target:
///
///     dx_j/dt = −x_j + s_j F_j(x)
///
///     additive:        F_j = Σ_i a_ij x_i/(1+x_i) + Σ_i r_ij/(1+x_i)
///     multiplicative:  F_j = Π_i (1 + a_ij h(x_i)) / Π_i (1 + r_ij h(x_i)),   h(x) = x²/(1+x²)
///
/// over the activators and the repressors i of gene j, with their weights a and r; s_j is the basal rate of
/// the gene in a cell, 1 where none is given; x is in units of what saturates, time in lifetimes of the
/// molecules. Read-only.
class RegulatoryDynamics {
 public:
  /// `loss` counts for additive kinetics only: a factor of an absent regulator is 1.
  RegulatoryDynamics(std::span<const Regulation> network, std::int64_t genes, RepressorLoss loss,
                     Kinetics kinetics = Kinetics::additive);

  std::int64_t genes() const { return static_cast<std::int64_t>(starts_.size()) - 1; }

  /// The dynamics of a cell that lacks genes: of the others alone, in their order, so that a step costs what
  /// the cell expresses. What an absent repressor leaves of its term is constant. `absent` holds one entry a
  /// gene. Local.
  RegulatoryDynamics without(const std::vector<bool>& absent) const;

  /// s F(x) of every gene. All spans hold one entry a gene, but `rates`, s, may be empty. Local.
  void production(std::span<const double> rates, std::span<const double> x,
                  std::span<double> production) const;

 private:
  struct Term {
    std::int32_t regulator;  // `constant`: the term is its weight
    bool activates;
    double weight;
  };
  static constexpr std::int32_t constant = -1;

  RegulatoryDynamics(Kinetics kinetics, RepressorLoss loss) : kinetics_(kinetics), lost_repressor_(loss) {}
  double sum_of_terms(std::size_t gene, std::span<const double> x) const;
  double product_of_factors(std::size_t gene, std::span<const double> x) const;

  Kinetics kinetics_;
  RepressorLoss lost_repressor_;
  std::vector<std::int64_t> starts_{0};  // first term of each target
  std::vector<Term> terms_;
};

}  // namespace dko
