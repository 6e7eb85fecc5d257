#include "dko/knockout/score/direction.hpp"

#include <utility>

namespace dko {

Direction::Direction(std::vector<double> mean_of_a, std::vector<double> mean_of_b)
    : from(std::move(mean_of_a)), toward(std::move(mean_of_b)) {
  for (std::size_t gene = 0; gene < from.size(); ++gene)
    squared_length += difference(gene) * difference(gene);
  for (std::size_t gene = 0; gene < from.size(); ++gene) weight.push_back(difference(gene) / squared_length);
}

}  // namespace dko
