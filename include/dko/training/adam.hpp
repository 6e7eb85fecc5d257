#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// Adam (Kingma & Ba 2015) with β1 = 0.9, β2 = 0.999, ε = 1e-8, as the original (and PyTorch) uses it:
///
///     m ← β1 m + (1−β1) g      v ← β2 v + (1−β2) g²
///     w ← w − lr/(1−β1^t) · m / (√v / √(1−β2^t) + ε)
class Adam {
 public:
  Adam(std::int64_t parameters, double learning_rate);

  /// One step; both spans hold one value per parameter. Local.
  void step(std::span<float> parameters, std::span<const float> gradient);

 private:
  double learning_rate_;
  std::int64_t steps_ = 0;
  std::vector<float> first_moment_;
  std::vector<float> second_moment_;
};

}  // namespace dko
