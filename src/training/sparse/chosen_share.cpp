#include "chosen_share.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace dko {

std::size_t ChosenShare::class_of(double statistic) {
  constexpr double in_one = 4;
  return static_cast<std::size_t>(std::min(in_one * statistic, static_cast<double>(classes - 1)));
}

void ChosenShare::note(double statistic, bool is_chosen) {
  pairs_[class_of(statistic)] += 1;
  if (is_chosen) chosen_[class_of(statistic)] += 1;
}

void ChosenShare::gather(const Communicator& communicator) {
  constexpr double resolution = 65536;
  for (auto* counts : {&pairs_, &chosen_}) communicator.sum(std::span<double>(*counts));
  double largest = 0;
  for (std::size_t at = 0; at < classes; ++at) {
    if (pairs_[at] > 0) largest = std::max(largest, chosen_[at] / pairs_[at]);
    shares_[at] = std::ceil(resolution * largest) / resolution;
  }
}

}  // namespace dko
