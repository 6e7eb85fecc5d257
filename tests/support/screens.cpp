#include "support/screens.hpp"

#include "dko/knockout/event_index.hpp"

namespace dko::testing {

ScreenPlan full_plan(const ExpressionMatrix& matrix) {
  ScreenPlan plan{select_targets(matrix), true, true, {}};
  plan.list = sample_pairs(plan.targets, PairIndex(matrix, plan.targets), 3, 1);
  return plan;
}

SmallScreen::SmallScreen(ExpressionMatrix matrix) : matrix_(std::move(matrix)) {
  const ScreenPlan plan = full_plan(matrix_);
  const CollapsedMapping mapping(random_mapping({matrix_.genes(), matrix_.genes()}, 1, 32));
  Provenance provenance = start_provenance("dko screen", 1);
  provenance.input_checksum = matrix_.checksum();
  create_screen_file(path(), matrix_, plan, provenance);
  ScreenWriter writer(path(), Communicator::one_rank(), plan);
  screen_shard(plan, matrix_, mapping, 0, 1, writer);
  writer.close();
  complete_screen_file(path(), 0, 0);
}

}  // namespace dko::testing
