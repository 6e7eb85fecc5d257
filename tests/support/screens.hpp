#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/results/screen_file/screen_reader.hpp"
#include "dko/results/screen_file/screen_writer.hpp"
#include "testing.hpp"

namespace dko::testing {

/// A finished screen file of singles, pairs and a sampled list, made by this process alone.
class SmallScreen {
 public:
  explicit SmallScreen(std::int64_t members = 1) : SmallScreen(random_matrix(8, 10, 0.6, 31), members) {}
  explicit SmallScreen(ExpressionMatrix matrix, std::int64_t members = 1);

  const ExpressionMatrix& matrix() const { return matrix_; }
  std::filesystem::path path() const { return folder_ / "screen.h5"; }

 private:
  TemporaryFolder folder_;
  ExpressionMatrix matrix_;
};

/// Keeps all scores, and notices events that are written twice or never.
class MemorySink final : public ScoreSink {
 public:
  void write(ScoreArray array, std::int64_t first, const ScoreViews& scores) override;
  std::vector<float> scores(ScoreArray array, Score score) const;

 private:
  std::map<std::pair<ScoreArray, Score>, std::map<std::int64_t, float>> all_;
};

/// Whether a screen by as many members stores this score of these events.
bool is_stored(ScoreArray array, Score score, std::int64_t members);

/// Singles, pairs and three sampled pairs of a matrix; with standard deviations if there are several members.
ScreenPlan full_plan(const ExpressionMatrix& matrix, std::int64_t members = 1);

}  // namespace dko::testing
