#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/screen.hpp"

namespace dko {

/// Approximate size of a screen file without notes, in bytes. Pairs that a threshold alone selects are not
/// counted: how many there are is only known when they are scored.
double screen_file_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan);

/// Bytes of the record of its blocks, on as many ranks.
double block_record_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan, std::int64_t ranks);

/// Groups and arrays of a finished screen file without notes, its root not counted. `has_q_values`: of a
/// sparse mapping that has some.
std::int64_t screen_file_objects(const ExpressionMatrix& matrix, const ScreenPlan& plan, bool has_q_values);

/// Bytes of the file without pairs that kept pairs are written beside when all are scored; 0 for other
/// screens.
double bytes_beside(const ExpressionMatrix& matrix, const ScreenPlan& plan);

/// Bytes that ranks save at most of pairs of which not all are kept (RankSnapshots), and of the file that
/// kept pairs are written to beside the one without them; pairs that a threshold alone selects are not
/// counted.
double temporary_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan, std::int64_t ranks);

/// Bytes of as many selected pairs.
double kept_pairs_bytes(std::int64_t pairs, ScoreSet scores);

/// A way to screen that takes less of the disk.
struct SmallerScreen {
  std::string option;  ///< as users type it
  double bytes = 0;    ///< of the file without notes, and of what is beside it while it is made
};

/// Those ways that do with `bytes`, if this plan with all its double knockouts does not: the summary, the
/// largest of some numbers of pairs of every cell, a sample. In the order of how much they tell.
std::vector<SmallerScreen> smaller_screens(const ExpressionMatrix& matrix, const ScreenPlan& plan,
                                           double bytes);

}  // namespace dko
