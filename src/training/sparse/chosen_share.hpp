#pragma once

#include <array>
#include <cstddef>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// How often a fit chooses effects that stand out by so much: s(t), the part of the pairs of genes with a
/// statistic like t that have an effect. By quarters of t; from 8 on they are one class. A class has at least
/// the part of those below it.
class ChosenShare {
 public:
  /// One pair of genes. Local.
  void note(double statistic, bool is_chosen);
  /// Takes those of all ranks together, each of which noted its own pairs. Collective.
  void gather(const Communicator& communicator);
  /// s(t), from 0 to 1, rounded up to a multiple of 2^-16: sums of them are exact in any order. Local.
  double of(double statistic) const { return shares_[class_of(statistic)]; }

 private:
  static constexpr std::size_t classes = 33;
  static std::size_t class_of(double statistic);

  std::array<double, classes> pairs_{};  // whole numbers, like those chosen
  std::array<double, classes> chosen_{};
  std::array<double, classes> shares_{};
};

}  // namespace dko
