#include "regulator_rows.hpp"

namespace dko {

std::vector<Regulators> regulators_of(const SparseMapping& mapping) {
  std::vector<Regulators> rows(static_cast<std::size_t>(mapping.genes()));
  for (std::int32_t gene = 0; gene < mapping.genes(); ++gene) {
    const SparseColumn column = mapping.column(gene);
    const auto first = static_cast<std::size_t>(mapping.starts()[static_cast<std::size_t>(gene)]);
    for (std::size_t at = 0; at < column.genes.size(); ++at) {
      Regulators& row = rows[static_cast<std::size_t>(column.genes[at])];
      row.genes.push_back(gene);
      row.effects.push_back(column.effects[at]);
      row.places.push_back(first + at);
    }
  }
  return rows;
}

std::vector<double> sums_of_paths(std::span<const Regulators> rows, std::span<const double> x,
                                  std::int32_t target) {
  std::vector<double> sums(rows.size(), 0.0);
  const Regulators& last = rows[static_cast<std::size_t>(target)];
  for (std::size_t at = 0; at < last.genes.size(); ++at) {
    const double second = x[last.places[at]];
    if (second == 0) continue;
    const Regulators& first = rows[static_cast<std::size_t>(last.genes[at])];
    for (std::size_t from = 0; from < first.genes.size(); ++from)
      sums[static_cast<std::size_t>(first.genes[from])] += x[first.places[from]] * second;
  }
  sums[static_cast<std::size_t>(target)] = 0;
  return sums;
}

}  // namespace dko
