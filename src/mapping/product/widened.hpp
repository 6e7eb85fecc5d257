#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>

namespace dko {

/// Weights of `count` genes in double precision, into `block`, which keeps its memory from one to the next.
inline void widen(std::span<const float> weights, std::int64_t hidden, std::int64_t first, std::int64_t count,
                  Eigen::MatrixXd& block) {
  block = Eigen::Map<const Eigen::MatrixXf>(weights.data() + first * hidden, hidden, count).cast<double>();
}

}  // namespace dko
