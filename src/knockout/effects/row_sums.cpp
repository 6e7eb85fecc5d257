#include "row_sums.hpp"

#include <cmath>

#include "dko/knockout/explanation.hpp"

namespace dko {

namespace {

/// A mean over members, relative to what rescaling gives, and with its spread.
struct Change {
  double mean = 0;
  double relative = 0;
  double sd = 0;
};

Change change_of(const std::vector<ProfileSums>& members, std::size_t at, std::int64_t cells) {
  Change change;
  if (cells == 0) return change;
  const auto count = static_cast<double>(cells);
  const auto of = [&](const ProfileSums& member) {
    return change_beyond_rescaling(member.after[at], member.renormalised[at]) / count;
  };
  double share = 0;
  for (const ProfileSums& member : members) {
    change.mean += of(member);
    share += member.renormalised[at] / count;
  }
  if (share > 0) change.relative = change.mean / share;
  change.mean /= static_cast<double>(members.size());
  if (members.size() < 2) return change;
  double squares = 0;
  for (const ProfileSums& member : members) squares += std::pow(of(member) - change.mean, 2);
  change.sd = std::sqrt(squares / static_cast<double>(members.size() - 1));
  return change;
}

}  // namespace

void RowSums::begin(std::int32_t lost, std::vector<std::int32_t> genes) {
  lost_ = lost;
  genes_ = std::move(genes);
  cells_.assign(groups(), 0);
  both_.assign(groups() * genes_.size(), 0);
  for (ProfileSums& sums : of_genes_) sums.assign(groups() * genes_.size());
  for (ProfileSums& sums : of_sets_) sums.assign(groups() * request_.sets.size());
}

void RowSums::add_both_of_all(std::int32_t cell, std::span<const std::int32_t> expressed) {
  for_each_group(cell, [&](std::size_t group) {
    std::int64_t* const both = both_.data() + group * genes_.size();
    for (const std::int32_t gene : expressed) ++both[gene];
  });
}

void RowSums::add_cell_of_all(std::size_t member, std::int32_t cell, std::span<const std::int32_t> expressed,
                              const Scaled& after, const Scaled& rest) {
  for_each_group(cell, [&](std::size_t group) {
    double* const of_after = of_genes_[member].after.data() + group * genes_.size();
    double* const of_rest = of_genes_[member].renormalised.data() + group * genes_.size();
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      of_after[expressed[at]] += after.values[at] * after.scale;
      of_rest[expressed[at]] += rest.values[at] * rest.scale;
    }
  });
}

void RowSums::add_up_sets() {
  for (std::size_t member = 0; member < of_genes_.size(); ++member) {
    for (std::size_t group = 0; group < groups(); ++group) {
      for (std::size_t set = 0; set < request_.sets.size(); ++set) {
        for (const std::int32_t gene : request_.sets[set]) {
          if (gene == lost_) continue;
          const std::size_t from = group * genes_.size() + static_cast<std::size_t>(gene);
          of_sets_[member].add(group * request_.sets.size() + set, of_genes_[member].after[from],
                               of_genes_[member].renormalised[from]);
        }
      }
    }
  }
}

EffectRow RowSums::finish() const {
  EffectRow row{lost_, cells_, {}, {}, {}, {}, {}, {}, {}};
  std::vector<std::size_t> changed;
  for (std::size_t at = 0; at < genes_.size(); ++at) {
    bool any = false;
    for (std::size_t group = 0; group < groups() && genes_[at] != lost_; ++group) {
      const Change change = change_of(of_genes_, group * genes_.size() + at, cells_[group]);
      any = any || change.mean != 0 || change.sd != 0;
    }
    if (!any) continue;
    changed.push_back(at);
    row.genes.push_back(genes_[at]);
  }
  for (std::size_t group = 0; group < groups(); ++group) {
    for (const std::size_t gene : changed) {
      const std::size_t at = group * genes_.size() + gene;
      const Change change = change_of(of_genes_, at, cells_[group]);
      row.change.push_back(change.mean);
      row.relative.push_back(change.relative);
      if (of_genes_.size() > 1) row.change_sd.push_back(change.sd);
      row.both.push_back(both_[at]);
    }
    for (std::size_t set = 0; set < request_.sets.size(); ++set) {
      const Change change = change_of(of_sets_, group * request_.sets.size() + set, cells_[group]);
      row.set_change.push_back(change.mean);
      row.set_relative.push_back(change.relative);
    }
  }
  return row;
}

}  // namespace dko
