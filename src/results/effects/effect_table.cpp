#include "dko/results/effects/effect_table.hpp"

#include <algorithm>
#include <cmath>

#include "dko/base/numbers.hpp"

namespace dko {

namespace {

/// The q-value of each gene of a row.
std::vector<double> q_of_row(const EffectRow& row, std::span<const EffectQ> q_values) {
  std::vector<double> of_genes;
  auto next = q_values.begin();
  for (const std::int32_t gene : row.genes) {
    while (next != q_values.end() && next->gene < gene) ++next;
    of_genes.push_back(next != q_values.end() && next->gene == gene ? next->q : 1.0);
  }
  return of_genes;
}

/// Places in the row of what the filter keeps, ascending.
std::vector<std::size_t> kept(const EffectRow& row, std::span<const double> q, const EffectFilter& filter) {
  const std::vector<double>& values = filter.by == EffectMeasure::change ? row.change : row.relative;
  const auto size = [&](std::size_t at) { return std::abs(values[at]); };
  auto places = numbers_below<std::size_t>(row.genes.size());
  std::erase_if(places, [&](std::size_t at) {
    return size(at) < filter.least || (filter.fdr < 1 && !(q[at] <= filter.fdr && q[at] < 1));
  });
  if (filter.top == 0 || std::ssize(places) <= filter.top) return places;
  const auto larger = [&](std::size_t a, std::size_t b) {
    return size(a) != size(b) ? size(a) > size(b) : a < b;
  };
  std::nth_element(places.begin(), places.begin() + filter.top, places.end(), larger);
  places.resize(static_cast<std::size_t>(filter.top));
  std::sort(places.begin(), places.end());
  return places;
}

}  // namespace

void EffectTable::add(const EffectRow& row, std::span<const EffectQ> q_values, const EffectFilter& filter) {
  const std::vector<double> of_genes = has_q_values ? q_of_row(row, q_values) : std::vector<double>();
  const std::vector<std::size_t> places = kept(row, of_genes, filter);
  lost.push_back(row.lost);
  starts.push_back(starts.back() + std::ssize(places));
  for (const std::size_t at : places) {
    genes.push_back(row.genes[at]);
    if (has_q_values) q.push_back(static_cast<float>(of_genes[at]));
  }
  const std::size_t sets = row.set_change.size() / of_groups.size();
  for (std::size_t number = 0; number < of_groups.size(); ++number) {
    Group& group = of_groups[number];
    const std::size_t first = number * row.genes.size();
    const auto append = [&](std::vector<float>& to, const auto& from) {
      for (const std::size_t at : places)
        if (!from.empty()) to.push_back(static_cast<float>(from[first + at]));
    };
    append(group.change, row.change);
    append(group.relative, row.relative);
    append(group.change_sd, row.change_sd);
    append(group.both, row.both);
    group.cells.push_back(static_cast<std::int32_t>(row.cells[number]));
    for (std::size_t set = number * sets; set < (number + 1) * sets; ++set) {
      group.set_change.push_back(row.set_change[set]);
      group.set_relative.push_back(row.set_relative[set]);
    }
  }
}

double effect_table_bytes(double rows, double entries, const EffectsRequest& request, std::int64_t members,
                          bool has_q_values) {
  constexpr double grown = 2;  // vectors may have room for twice what they hold, and hold it twice
  const auto groups = static_cast<double>(request.groups());
  const double of_entry = 4 + (has_q_values ? 4 : 0) + 4 * (members > 1 ? 4 : 3) * groups;
  const double of_row = 12 + groups * (4 + 16 * static_cast<double>(request.sets.size()));
  return grown * (entries * of_entry + rows * of_row);
}

}  // namespace dko
