#pragma once

#include <cstdint>
#include <vector>

namespace dko {

/// One regulation: `regulator` raises or lowers the production of `target`.
struct Regulation {
  std::int32_t regulator;
  std::int32_t target;
  double weight;  ///< uniform in (0, strength); what it means is up to the kinetics, see dynamics.hpp
  bool activates;
};

enum class NetworkKind { erdos_renyi, scale_free };

struct NetworkOptions {
  std::int64_t genes = 100;
  double mean_degree = 3;  ///< regulations per gene
  NetworkKind kind = NetworkKind::erdos_renyi;
  double exponent = 3;      ///< γ of the degree distribution k^−γ, for scale_free; > 2
  double activating = 0.5;  ///< fraction of the regulations
  std::uint64_t seed = 1;
  double strength = 1;   ///< greatest weight; > 0
  bool acyclic = false;  ///< regulators come before their targets in a random order of the genes
};

/// A directed network without self-regulation and without repeated regulations, of exactly
/// round(mean_degree · genes) of them, ordered by target. Erdős–Rényi: all sets of so many equally likely.
/// Scale-free: the static model (Goh, Kahng, Kim 2001), regulators and targets drawn with weights
/// i^(−1/(γ−1)) in two independent orders of the genes; of an acyclic one a regulation that points backwards
/// is turned round. Local.
/// @throws UsageError for impossible options.
std::vector<Regulation> draw_network(const NetworkOptions& options);

}  // namespace dko
