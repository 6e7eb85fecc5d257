#include "cell_direction.hpp"

namespace dko {

void CellDirection::load(const Direction& direction, std::span<const std::int32_t> expressed,
                         std::span<const double> profile, std::span<const std::int32_t> absent) {
  weight.clear();
  target.clear();
  double mean = 0;
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    const auto gene = static_cast<std::size_t>(expressed[at]);
    weight.push_back(direction.weight[gene]);
    target.push_back(direction.toward[gene]);
    mean += profile[at] * weight.back();
  }
  for (double& of_gene : weight) of_gene -= mean;
  for (const std::int32_t gene : absent) target.push_back(direction.toward[static_cast<std::size_t>(gene)]);
}

double CellDirection::target_of(std::span<const std::int32_t> removed) const {
  double sum = 0;
  for (const std::int32_t position : removed) sum += target[static_cast<std::size_t>(position)];
  return sum;
}

}  // namespace dko
