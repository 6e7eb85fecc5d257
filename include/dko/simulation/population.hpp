#pragma once

#include <cstdint>
#include <vector>

namespace dko {

/// How the cells of a simulation differ from each other before anything is measured.
struct PopulationOptions {
  double absent = 0.2;     ///< fraction of the genes that each cell lacks, of those that are not always on
  double always_on = 0;    ///< fraction of the genes that every cell has
  std::int64_t types = 1;  ///< cell types, equally frequent
  /// Standard deviation of the logarithm of a gene's basal rate between types.
  double type_spread = 0.5;
  std::int64_t states = 1;  ///< basal states that cells of every type are in, equally frequent
  /// The same between states.
  double state_spread = 0.5;
  double rate_noise = 0;  ///< the same from cell to cell, independent for each gene
  std::uint64_t seed = 1;
};

struct CellKind {
  std::int64_t type = 0;
  std::int64_t state = 0;
};

/// What a cell is, before it settles.
struct CellNature {
  CellKind kind;
  std::vector<bool> absent;   ///< genes that are missing from the cell
  std::vector<double> rates;  ///< basal rate of each gene; empty: all 1
  std::vector<double> start;  ///< level of each gene from which the cell settles, uniform in (0, 1)
};

/// Draws the natures of cells. Basal rates are products of log-normal factors of the type, the state and the
/// cell, each of median 1. Of a single type each cell lacks exactly round(absent · genes that may be absent);
/// of several a gene is absent from a cell of type t with a probability of its own, uniform in
/// (0, 2 · absent), at most 0.98. All depends on the seed, the cell and the draw alone. Read-only.
class Population {
 public:
  Population(const PopulationOptions& options, std::int64_t genes);

  const PopulationOptions& options() const { return options_; }
  std::int64_t genes() const { return genes_; }
  std::uint64_t seed() const { return options_.seed; }
  /// Genes that every cell has, ascending.
  const std::vector<std::int64_t>& always_on() const { return always_on_; }

  CellKind kind(std::int64_t cell) const;
  /// The nature of cell number `cell` in its draw number `draw`. Its kind is the same in all draws. Local.
  CellNature nature(std::int64_t cell, std::int64_t draw) const;

 private:
  bool has_rates() const;
  void draw_genes(CellNature& nature, std::uint64_t number) const;
  void draw_absent_of_type(CellNature& nature, std::uint64_t number) const;
  void draw_rates(CellNature& nature, std::uint64_t number) const;

  PopulationOptions options_;
  std::int64_t genes_;
  std::vector<std::int64_t> always_on_;
  std::vector<std::int64_t> may_be_absent_;
  std::vector<std::vector<double>> absence_of_type_;  // probability for each gene; empty of a single type
  std::vector<std::vector<double>> rates_of_type_;    // empty: all 1
  std::vector<std::vector<double>> rates_of_state_;
};

}  // namespace dko
