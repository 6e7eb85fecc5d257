#pragma once
// Planning a screen and carrying it out on all ranks, as run and screen do it.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>

#include "command.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/results/model_notes.hpp"
#include "dko/training/ensemble.hpp"
#include "job.hpp"
#include "keep_options.hpp"
#include "rank_seconds.hpp"

namespace dko::app {

/// Which knockouts to score.
struct ScreenOptions {
  int order = 1;
  std::int64_t sample = 0;   ///< pairs, instead of all; 0: all
  std::string events;        ///< file
  std::string genes;         ///< to knock out: file or names; empty: all
  std::string cells;         ///< to knock them out in, likewise
  std::string score;         ///< of all knockouts; empty: both, but of all pairs the impact alone
  std::string instructions;  ///< widest to use; empty: any
  bool order_given = false;
  KeepOptions keep;  ///< of all pairs
};

/// Options --order, --sample, --score, --events, --knockout-genes, --knockout-cells and --instructions, and
/// those of KeepOptions.
void add_screen_options(CommandLine& line, ScreenOptions& options);
/// To be called after parsing. @throws UsageError for options that exclude each other.
void check_screen_options(const CommandLine& line, ScreenOptions& options);

/// The plan for these data and as many mappings; of several, with the standard deviations over them. Says in
/// the log how many knockouts it has. Local: rank 0.
/// @throws InputError for lists that do not fit the data, or if nothing is left to knock out.
ScreenPlan make_plan(const ExpressionMatrix& matrix, const ScreenOptions& options, std::int64_t members,
                     Job& job);

/// @throws UsageError if --memory is too little for what is kept, IoError if the disk cannot hold the screen,
/// with the curves of as many training steps. Local: rank
///         0, before any computing. Memory is for screen_memory.hpp.
void check_screen(const ExpressionMatrix& matrix, const ScreenPlan& plan, const OutputFile& output,
                  MappingKind kind, std::int64_t steps, int ranks);

struct ScreenCounts {
  std::int64_t singles = 0;
  std::int64_t pairs = 0;
  std::int64_t listed = 0;
  double seconds = 0;
  RankSeconds of_ranks;              ///< that each spent in its share, its writes included; on rank 0
  std::optional<std::int64_t> kept;  ///< of the pairs, where some are selected

  std::int64_t total() const { return singles + pairs + listed; }
};

/// Screens on all ranks and gives the file its name. `output` counts on rank 0; all else is the same on
/// every rank. `notes` and `training_seconds`, where there are any, are noted in the file; both count on rank
/// 0. Collective.
ScreenCounts run_screen(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                        std::span<const CollapsedMapping> members, std::optional<OutputFile>& output,
                        const ModelNotes& notes, std::optional<double> training_seconds, Job& job);

nlohmann::ordered_json to_json(const ScreenCounts& counts);

}  // namespace dko::app
