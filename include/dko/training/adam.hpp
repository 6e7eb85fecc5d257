#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// Adam (Kingma & Ba 2015) with β1 = 0.9, β2 = 0.999, ε = 1e-8, as the original (and PyTorch) uses it:
///
///     m ← β1 m + (1−β1) g      v ← β2 v + (1−β2) g²
///     w ← w − lr/(1−β1^t) · m / (√v / √(1−β2^t) + ε)
///
/// The learning rate lr may be another one at every step.
class Adam {
 public:
  explicit Adam(std::int64_t parameters);

  /// One step at this learning rate; both spans hold one value per parameter. Local.
  void step(std::span<float> parameters, std::span<const float> gradient, double learning_rate);

 private:
  std::int64_t steps_ = 0;
  std::vector<float> first_moment_;
  std::vector<float> second_moment_;
};

/// The decoupled weight decay that makes AdamW of Adam (Loshchilov & Hutter 2019): w ← w − lr·λ·w,
/// lr the learning rate of the step as it is, without Adam's bias correction. To be called before Adam's
/// step, for the decay is of the weights before it. As in PyTorch λ is a multiple of lr; the paper's own λ
/// is lr·λ here. Local.
void decay_weights(std::span<float> weights, double learning_rate, double weight_decay);

}  // namespace dko
