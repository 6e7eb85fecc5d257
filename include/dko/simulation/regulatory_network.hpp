#pragma once

#include <cstdint>
#include <vector>

namespace dko {

/// One regulation: `regulator` raises or lowers the production of `target`.
struct Regulation {
  std::int32_t regulator;
  std::int32_t target;
  double weight;  ///< maximal rate, uniform in (0, 1)
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
};

/// A directed network without self-regulation and without repeated regulations, of exactly
/// round(mean_degree · genes) of them, ordered by target. Erdős–Rényi: all sets of so many equally likely.
/// Scale-free: the static model (Goh, Kahng, Kim 2001), regulators and targets drawn with weights
/// i^(−1/(γ−1)) in two independent orders of the genes. Local.
/// @throws UsageError for impossible options.
std::vector<Regulation> draw_network(const NetworkOptions& options);

}  // namespace dko
