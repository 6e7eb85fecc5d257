#include "adam_step.hpp"

#include <cmath>

namespace dko {

AdamStep adam_step(std::int64_t step, double learning_rate, double weight_decay) {
  const auto t = static_cast<double>(step + 1);
  AdamStep numbers;
  numbers.rate = static_cast<float>(learning_rate / (1 - std::pow(0.9, t)));
  numbers.scale = static_cast<float>(1 / std::sqrt(1 - std::pow(0.999, t)));
  numbers.decay = static_cast<float>(learning_rate * weight_decay);
  return numbers;
}

}  // namespace dko
