// The trainer against a training that shares nothing with it: gradients of BatchNetwork (which are held
// against finite differences elsewhere), by Eigen on dense arrays, and Adam in double precision.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/mapping/batch_network.hpp"
#include "dko/training/two_layer/train.hpp"
#include "dko/training/two_layer/trainer.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace training_engine_test {

struct Curves {
  std::vector<double> training;
  std::vector<double> validation;
};

/// Which parameters decay: the weights, not the biases.
std::vector<bool> decaying(MappingShape shape) {
  const auto weights = static_cast<std::size_t>(shape.genes * shape.hidden);
  std::vector<bool> decays(static_cast<std::size_t>(shape.parameters()), false);
  std::fill_n(decays.begin(), weights, true);
  std::fill_n(decays.begin() + static_cast<std::ptrdiff_t>(weights) + shape.hidden, weights, true);
  return decays;
}

Curves reference_training(const RelativeProfiles& profiles, const Split& split,
                          const TrainingOptions& options) {
  Mapping mapping = Mapping::initialised(mapping_shape(profiles, options), options.seed);
  const std::vector<bool> decays = decaying(mapping.shape());
  const std::size_t count = mapping.parameters().size();
  std::vector<double> m(count, 0);
  std::vector<double> v(count, 0);
  std::vector<float> gradient(count);
  BatchNetwork network(mapping.shape());
  Curves curves;
  for (std::int64_t step = 0; step < options.steps; ++step) {
    if (step % options.validate_every == 0)
      curves.validation.push_back(network.loss(mapping, profiles, split.validation) /
                                  static_cast<double>(split.validation.size()));
    const auto batch = batch_cells(split.training, options.batch, options.seed, step);
    curves.training.push_back(network.loss_and_gradient(mapping, profiles, batch, gradient) /
                              static_cast<double>(batch.size()));
    const auto t = static_cast<double>(step + 1);
    for (std::size_t at = 0; at < count; ++at) {
      const auto g = static_cast<double>(gradient[at]);
      m[at] = 0.9 * m[at] + 0.1 * g;
      v[at] = 0.999 * v[at] + 0.001 * g * g;
      const double step_size = options.learning_rate * (m[at] / (1 - std::pow(0.9, t))) /
                               (std::sqrt(v[at] / (1 - std::pow(0.999, t))) + 1e-8);
      const auto w = static_cast<double>(mapping.parameters()[at]);
      const double decay = decays[at] ? options.learning_rate * options.weight_decay * w : 0;
      mapping.parameters()[at] = static_cast<float>(w - decay - step_size);
    }
  }
  return curves;
}

void check_same_curve(const std::vector<float>& ours, const std::vector<double>& theirs) {
  REQUIRE(ours.size() == theirs.size());
  for (std::size_t at = 0; at < ours.size(); ++at) {
    INFO("step " << at);
    CHECK(static_cast<double>(ours[at]) == Approx(theirs[at]).epsilon(1e-4));
  }
}

struct Case {
  const char* what;
  std::int64_t cells;
  std::int64_t genes;
  double expressed;
  std::int64_t hidden;
  std::int64_t batch;
};

TEST_CASE("the engine's losses are those of a plain training, step by step, with every instruction set") {
  const Case at_hand =
      GENERATE(Case{"as many units as genes", 60, 30, 0.7, 0, 20},
               Case{"few genes of each cell", 60, 150, 0.1, 0, 20}, Case{"a bottleneck", 60, 90, 0.5, 3, 7},
               Case{"units in several blocks, the last not full", 40, 65, 0.9, 211, 5},
               Case{"more validation cells than are taken at once", 400, 20, 0.6, 17, 33},
               Case{"all genes in all cells", 50, 128, 1, 0, 1});
  INFO(at_hand.what);
  const auto profiles =
      testing::random_matrix(at_hand.cells, at_hand.genes, at_hand.expressed, 71).relative_profiles();
  TrainingOptions options;
  options.steps = 12;
  options.batch = at_hand.batch;
  options.hidden = at_hand.hidden;
  options.validation = 0.4;
  options.weight_decay = 0.5;
  options.validate_every = 5;
  const Split split = split_cells(profiles, options.validation, 0, {}, options.seed);
  const Curves expected = reference_training(profiles, split, options);
  for (const InstructionSet set : every_instruction_set) {
    if (!is_available(set)) continue;
    INFO(name_of(set));
    options.instructions = set;
    const TrainedMapping ours = train(profiles, split, options, Communicator::one_rank());
    check_same_curve(ours.record.training_losses, expected.training);
    check_same_curve(ours.record.validation_losses, expected.validation);
    // What was kept, and put together from the blocks, has the loss that is claimed.
    CHECK(BatchNetwork(ours.mapping.shape()).loss(ours.mapping, profiles, split.validation) ==
          Approx(ours.record.best_validation_loss * static_cast<double>(split.validation.size()))
              .epsilon(1e-4));
  }
}

}  // namespace training_engine_test
