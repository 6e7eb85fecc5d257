#pragma once
// One step of Adam in numbers. Of plain types, for files of every instruction set include it.

#include <cstdint>

namespace dko {

/// Adam (Kingma & Ba 2015) with β1 = 0.9, β2 = 0.999, ε = 1e-8, as the original (and PyTorch) uses it, after
/// the decoupled decay that makes AdamW of it (Loshchilov & Hutter 2019):
///
///     w ← w − decay·w
///     m ← β1 m + (1−β1) g      v ← β2 v + (1−β2) g²      w ← w − rate · m / (√v · scale + ε)
///
/// with rate = lr/(1−β1^t) and scale = 1/√(1−β2^t) at step t, from 1. The decay is lr·λ, lr the learning rate
/// of the step as it is; as in PyTorch λ is a multiple of lr, and the paper's own λ is lr·λ here.
struct AdamStep {
  static constexpr float beta1 = 0.9F;
  static constexpr float beta2 = 0.999F;
  static constexpr float epsilon = 1e-8F;

  float rate = 0;
  float scale = 1;
  /// The share that goes, not the one that stays: 1 − 1e-8 is 1 in single precision.
  float decay = 0;

  /// The same step without decay: of biases.
  AdamStep without_decay() const { return {rate, scale, 0}; }
};

/// @param step from 0
AdamStep adam_step(std::int64_t step, double learning_rate, double weight_decay);

}  // namespace dko
