// Adam as each instruction set makes it, against the textbook's form in double precision.
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "dko/base/aligned_array.hpp"
#include "training/two_layer/adam_step.hpp"
#include "training/two_layer/unit_block.hpp"

using namespace dko;

namespace {

/// One parameter, repeated over as many as a vector of any instruction set has.
class Parameter {
 public:
  Parameter(float start, InstructionSet instructions) : functions_(vector_functions(instructions)) {
    weights_.assign(count, start);
    for (AlignedArray* array : {&gradient_, &first_moment_, &second_moment_}) array->assign(count, 0);
  }

  float step(float gradient, const AdamStep& numbers) {
    gradient_.assign(count, gradient);
    functions_.adam(count, gradient_.data(), numbers,
                    {weights_.data(), weights_.data(), first_moment_.data(), second_moment_.data()});
    for (std::int64_t at = 1; at < count; ++at) CHECK(weights_[at] == weights_[0]);
    return weights_[0];
  }

 private:
  static constexpr std::int64_t count = 32;

  const VectorFunctions& functions_;
  AlignedArray weights_, gradient_, first_moment_, second_moment_;
};

template <class Test>
void with_every_instruction_set(Test test) {
  for (const InstructionSet set : every_instruction_set) {
    if (!is_available(set)) continue;
    INFO(name_of(set));
    test(set);
  }
}

}  // namespace

TEST_CASE("the first step is the learning rate along the sign of the gradient") {
  with_every_instruction_set([](InstructionSet set) {
    const AdamStep first = adam_step(0, 0.01, 0);
    CHECK(Parameter(1, set).step(0.5F, first) == Approx(0.99).epsilon(1e-6));
    CHECK(Parameter(1, set).step(-1e-3F, first) == Approx(1.01).epsilon(1e-5));
    CHECK(Parameter(1, set).step(0, first) == 1);
  });
}

TEST_CASE("AdamW by hand, with a rate of its own at every step") {
  // The textbook form, bias-corrected moments; the decay beside the step, of the weights before it.
  const std::vector<double> gradients{0.3, -0.2, 0.7, -0.9};
  const std::vector<double> rates{0.01, 0.008, 0.003, 0.0005};
  const double decay = GENERATE(0.0, 2.0);  // much, so that an error in it is seen
  with_every_instruction_set([&](InstructionSet set) {
    double w = 0.5;
    double m = 0;
    double v = 0;
    Parameter ours(0.5F, set);
    for (std::size_t at = 0; at < gradients.size(); ++at) {
      const auto t = static_cast<double>(at + 1);
      const double g = gradients[at];
      const double rate = rates[at];
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const double m_hat = m / (1 - std::pow(0.9, t));
      const double v_hat = v / (1 - std::pow(0.999, t));
      w = w - rate * m_hat / (std::sqrt(v_hat) + 1e-8) - rate * decay * w;
      const float got =
          ours.step(static_cast<float>(g), adam_step(static_cast<std::int64_t>(at), rate, decay));
      CHECK(static_cast<double>(got) == Approx(w).epsilon(1e-6));
    }
  });
}

TEST_CASE("a decay too small for one minus it in single precision still takes its share") {
  with_every_instruction_set([](InstructionSet set) {
    Parameter weight(1e-3F, set);
    float got = 0;
    for (int step = 0; step < 1000; ++step) got = weight.step(0, adam_step(step, 0.01, 2e-5));
    // Each step takes 2e-7 of the weight, about three units in its last place.
    CHECK(static_cast<double>(got) == Approx(1e-3 * (1 - 2e-4)).epsilon(5e-5));
  });
}
