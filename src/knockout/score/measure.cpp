#include "dko/knockout/score/measure.hpp"

namespace dko {

void interactions_of_row(std::span<const float> pairs, float first, const float* seconds,
                         float* interactions) {
  for (std::size_t at = 0; at < pairs.size(); ++at)
    interactions[at] = static_cast<float>(interaction_of(pairs[at], first, seconds[at]));
}

std::string column_name(const Measure& measure) {
  std::string name(name_of(measure).name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace dko
