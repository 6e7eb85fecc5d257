#include "screens.hpp"

#include <stdexcept>

#include "dko/knockout/events/event_index.hpp"

namespace dko::testing {

ScreenPlan full_plan(const ExpressionMatrix& matrix, std::int64_t members) {
  const ScoreSet scores = members > 1 ? with_deviations(both_scores) : both_scores;
  ScreenPlan plan{select_targets(matrix), with_share(scores), scores, {}, scores, members};
  plan.list = sample_pairs(plan.targets, PairIndex(matrix, plan.targets), 3, 1);
  return plan;
}

bool is_stored(ScoreArray array, Score score, std::int64_t members) {
  if (is_directed(score) || score == Score::shift_sd || score == Score::approach_sd) return false;
  if (score == Score::share) return array == ScoreArray::singles;
  return members > 1 || !is_deviation(score);
}

void MemorySink::write(ScoreArray array, std::int64_t first, const ScoreViews& scores) {
  for (const Score score : every_score) {
    std::int64_t event = first;
    for (const float value : scores[score]) {
      const bool is_new = all_[{array, score}].emplace(event++, value).second;
      if (!is_new) throw std::logic_error("an event was written twice");
    }
  }
}

std::vector<float> MemorySink::scores(ScoreArray array, Score score) const {
  std::vector<float> values;
  const auto found = all_.find({array, score});
  if (found == all_.end()) return values;
  for (const auto& [number, value] : found->second) {
    if (number != std::ssize(values)) throw std::logic_error("an event was never written");
    values.push_back(value);
  }
  return values;
}

SmallScreen::SmallScreen(ExpressionMatrix matrix, std::int64_t members) : matrix_(std::move(matrix)) {
  const ScreenPlan plan = full_plan(matrix_, members);
  const auto mappings = collapsed(random_members(members, {matrix_.genes(), matrix_.genes()}, 32));
  Provenance provenance = start_provenance("dko screen", 1);
  provenance.input_checksum = matrix_.checksum();
  create_screen_file(path(), matrix_.relative_profiles(), plan, provenance);
  ScreenWriter writer(path(), Communicator::one_rank(), plan);
  screen_shard(plan, matrix_.relative_profiles(), mappings, 0, 1, writer);
  writer.close();
  complete_screen_file(path(), {});
}

}  // namespace dko::testing
