#pragma once
// Which knockouts a user asks for, and the plan that comes of them.

#include <cstdint>
#include <optional>
#include <string>

#include "dko/base/name_list.hpp"
#include "dko/base/output_file.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "dko/mapping/model.hpp"
#include "dko/planning/direction_request.hpp"
#include "dko/workflow/input_data.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// Which knockouts to score, and what to keep of them.
struct ScreenRequest {
  int order = 1;
  bool order_given = false;            ///< so that `order` counts beside a list of events
  std::optional<std::int64_t> sample;  ///< pairs, instead of all
  std::string events;                  ///< file
  std::string genes;                   ///< to knock out: file or names; empty: all
  std::string cells;                   ///< to knock them out in, likewise
  std::string activate;                ///< switch on, instead: "all", or a file or names; empty: knock out
  double presence = 0;                 ///< that lost genes keep: knockdown
  CellsToScreen of_input;              ///< what was read of the input's cells
  bool ignore_missing = false;         ///< leave out, with a warning, what these lists name and the data lack
  DirectionRequest direction;          ///< that shift and approach are scored along
  std::optional<FromTo> from_to;       ///< the same for the data, once they are there (from_to_of)
  /// Scores of all knockouts; none: all, but of all pairs the impact and the shift alone. All pairs have no
  /// approach.
  std::optional<ScoreSet> scores;
  bool adds_shift = false;   ///< to scores that were named without, because of the direction; is logged
  std::optional<Base> base;  ///< none: not chosen yet, fitted in a plan
  std::optional<InstructionSet> instructions;  ///< widest to use; none: any
  PairKeeping keeping;                         ///< of all pairs; its memory is not used
  std::optional<double> memory;                ///< GiB of each rank for what is kept
};

/// The plan for these data and as many mappings, of several with the standard deviations over them, as any
/// machine would carry it out whose ranks may take the memory that is asked for, or 1 GiB. Tells the log what
/// of the request comes to nothing. Local.
/// @throws InputError for lists that do not fit the data, or if nothing is left to knock out.
ScreenPlan plan_of(const ExpressionMatrix& matrix, const ScreenRequest& request, std::int64_t members,
                   std::uint64_t seed, Log& log);

/// The same, to be written to that file, by this job's ranks. Says in the log how many knockouts it has.
/// Local: rank 0. @throws likewise
ScreenPlan make_plan(const ExpressionMatrix& matrix, const ScreenRequest& request, std::int64_t members,
                     const OutputFile& output, Job& job);

/// @throws UsageError if --memory is too little for what is kept, IoError if the disk cannot hold the screen,
/// with the curves of as many training steps, beside `others` bytes of other outputs, or no file may be as
/// large. Warns if what is saved of pairs meanwhile may not fit. Local:
/// rank 0, before any computing. Memory of nodes is for screen_memory.hpp.
void check_screen(const ExpressionMatrix& matrix, const ScreenPlan& plan, const OutputFile& output,
                  MappingKind kind, std::int64_t steps, int ranks, double others, Log& log);

}  // namespace dko
