#include "dko/training/two_layer/plan.hpp"

#include <algorithm>
#include <cmath>

#include "dko/parallel/communication_model.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko {

namespace {

// Seconds on one core of an AMD EPYC at 2.6 GHz with AVX2, by dko bench train of 100 to 10,000 genes with 15
// to 100 % expressed: steps are within a fifth of what these say. Between ranks, a cluster of middling
// quality.
constexpr double per_multiply_add = 2.5e-11;  // of the five products of a step
constexpr double per_parameter = 1.1e-9;      // of one update, and of reading weights
constexpr double per_cell_gene = 2e-9;        // of a loss

constexpr AllreduceModel between_ranks{5e-6, 5e-10};

}  // namespace

std::string_view name_of(ParallelForm form) {
  switch (form) {
    case ParallelForm::data:
      return "data";
    case ParallelForm::sharded:
      return "sharded";
    default:
      return "auto";
  }
}

TrainingSize training_size(const ExpressionMatrix& matrix, const Split& split,
                           const TrainingOptions& options) {
  TrainingSize size;
  size.genes = matrix.genes();
  size.hidden = mapping_shape(matrix, options).hidden;
  size.batch = options.batch;
  size.steps = options.steps;
  size.validation_cells = std::ssize(split.validation);
  size.expressed = static_cast<double>(matrix.nonzeros()) / static_cast<double>(matrix.cells());
  return size;
}

double largest_share(std::int64_t count, int ranks) {
  if (count == 0) return 0;
  return static_cast<double>((count + ranks - 1) / ranks) / static_cast<double>(count);
}

StepCost estimated_cost(const TrainingSize& size, ParallelForm form, int ranks) {
  const auto h = static_cast<double>(size.hidden);
  const double in_batch = static_cast<double>(size.batch) * size.expressed;
  const double in_validation = static_cast<double>(size.validation_cells) * size.expressed;
  const auto parameters = static_cast<double>(size.shape().parameters());
  const bool is_data = form == ParallelForm::data;
  const double of_units = largest_share(size.hidden, ranks);
  const double of_batch = is_data ? largest_share(size.batch, ranks) : of_units;
  const double of_validation = is_data ? largest_share(size.validation_cells, ranks) : of_units;
  StepCost cost;
  // Two products forward, three backward.
  cost.compute = of_batch * 5 * in_batch * h * per_multiply_add;
  cost.compute += (is_data ? of_batch : 1) * in_batch * per_cell_gene;
  cost.update = (is_data ? 1 : of_units) * parameters * per_parameter;
  cost.communication = between_ranks.seconds(4 * (is_data ? parameters : in_batch), ranks);
  cost.validation = of_validation * 2 * in_validation * h * per_multiply_add;
  cost.validation += (is_data ? of_validation : 1) * in_validation * per_cell_gene;
  cost.validation += is_data ? 0 : between_ranks.seconds(4 * in_validation, ranks);
  return cost;
}

namespace {

/// By the costs of one rank: a training is the same however many ranks there are.
std::int64_t validation_interval(const TrainingSize& size, const TrainingOptions& options) {
  if (options.validate_every > 0) return options.validate_every;
  if (size.validation_cells == 0) return 1;
  const StepCost cost = estimated_cost(size, ParallelForm::sharded, 1);
  if (cost.validation * static_cast<double>(size.steps) <= cheap_validation) return 1;
  // Validation v and steps s of the time: v/K <= (s + v/K)/10.
  const auto seldom =
      static_cast<std::int64_t>(std::ceil(9 * cost.validation / (cost.compute + cost.update)));
  return std::clamp<std::int64_t>(seldom, 1, std::max<std::int64_t>(1, size.steps / least_validations));
}

}  // namespace

TrainingPlan plan_training(const TrainingSize& size, const TrainingOptions& options, int ranks) {
  const std::int64_t interval = validation_interval(size, options);
  const auto plan = [&](ParallelForm form) { return TrainingPlan{form, interval}; };
  if (ranks == 1) return plan(ParallelForm::sharded);
  if (options.parallel != ParallelForm::automatic) return plan(options.parallel);
  const auto seconds = [&](const TrainingPlan& of) {
    const StepCost cost = estimated_cost(size, of.parallel, ranks);
    return cost.compute + cost.update + cost.communication +
           cost.validation / static_cast<double>(of.validate_every);
  };
  const TrainingPlan data = plan(ParallelForm::data);
  const TrainingPlan sharded = plan(ParallelForm::sharded);
  return seconds(data) <= seconds(sharded) ? data : sharded;
}

}  // namespace dko
