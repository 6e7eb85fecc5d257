#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/effects/effect_rows.hpp"

namespace dko {

/// Sums of b' and r over the cells of each group: of genes, and of sets of them.
struct ProfileSums {
  std::vector<double> after;
  std::vector<double> renormalised;

  void assign(std::size_t count) {
    after.assign(count, 0.0);
    renormalised.assign(count, 0.0);
  }
  void add(std::size_t at, double b, double r) {
    after[at] += b;
    renormalised[at] += r;
  }
};

/// A profile that is still to be scaled.
struct Scaled {
  std::span<const double> values;
  double scale = 1;
};

/// The sums of one row, over m genes that it may have. Group 0 is all cells, 1 + k those of label k.
class RowSums {
 public:
  RowSums(const EffectsRequest& request, std::size_t members)
      : request_(request), of_genes_(members), of_sets_(members) {}

  /// Begins the row of `lost`, over these genes.
  void begin(std::int32_t lost, std::vector<std::int32_t> genes);
  const std::vector<std::int32_t>& genes() const { return genes_; }

  /// A cell that loses the gene.
  void add_cell(std::int32_t cell) {
    for_each_group(cell, [&](std::size_t group) { ++cells_[group]; });
  }
  /// It expresses gene number `at` of the row, too.
  void add_both(std::size_t at, std::int32_t cell) {
    for_each_group(cell, [&](std::size_t group) { ++both_[group * genes_.size() + at]; });
  }
  void add_gene(std::size_t member, std::size_t at, std::int32_t cell, double after, double renormalised) {
    for_each_group(cell, [&](std::size_t group) {
      of_genes_[member].add(group * genes_.size() + at, after, renormalised);
    });
  }
  /// The same of a row over all genes at their numbers, for all genes of a cell at once. What it adds to the
  /// lost gene counts nowhere.
  void add_both_of_all(std::int32_t cell, std::span<const std::int32_t> expressed);
  void add_cell_of_all(std::size_t member, std::int32_t cell, std::span<const std::int32_t> expressed,
                       const Scaled& after, const Scaled& rest);
  void add_set(std::size_t member, std::size_t set, std::int32_t cell, double after, double renormalised) {
    for_each_group(cell, [&](std::size_t group) {
      of_sets_[member].add(group * request_.sets.size() + set, after, renormalised);
    });
  }
  /// The sums of the sets from those of all genes: the row must have all, at their numbers.
  void add_up_sets();

  EffectRow finish() const;

 private:
  template <class Use>
  void for_each_group(std::int32_t cell, Use use) {
    use(std::size_t{0});
    if (request_.labels == 0) return;
    const std::int32_t label = request_.group_of_cell[static_cast<std::size_t>(cell)];
    if (label >= 0) use(1 + static_cast<std::size_t>(label));
  }
  std::size_t groups() const { return static_cast<std::size_t>(request_.groups()); }

  const EffectsRequest& request_;
  std::int32_t lost_ = 0;
  std::vector<std::int32_t> genes_;
  std::vector<std::int64_t> cells_;  // groups
  std::vector<std::int64_t> both_;   // groups × m
  std::vector<ProfileSums> of_genes_;
  std::vector<ProfileSums> of_sets_;
};

}  // namespace dko
