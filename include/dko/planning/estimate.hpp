#pragma once
// What a job of dko run or dko screen will take: time, memory, disk, and what limits it.

#include <cstdint>
#include <optional>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "dko/knockout/sharding/screen_forecast.hpp"
#include "dko/mapping/model.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/training/fit_forecast.hpp"
#include "dko/training/training_forecast.hpp"

namespace dko {

/// The machine that it will run on.
struct JobSize {
  std::int64_t nodes = 1;
  std::int64_t ranks_per_node = 1;
  double core_speed = 1;  ///< pairs a second of a core, of those of the machine that the model was fitted on

  std::int64_t ranks() const { return nodes * ranks_per_node; }
};

struct DiskBytes {
  double screen = 0;      ///< the finished file
  double model = 0;       ///< while the screen goes on, or for good
  double checkpoint = 0;  ///< of all mappings that are trained at once: a new one beside the older
  double temporary = 0;   ///< what ranks save at most of pairs that are not all kept
  /// Pairs above a threshold, which nobody knows beforehand, if that keeps all; 0 unless it alone selects.
  /// Not in the others.
  double above_threshold_at_most = 0;

  double total() const { return screen + model + checkpoint + temporary; }
};

struct Estimate {
  JobSize size;
  std::int64_t genes = 0;
  std::int64_t cells = 0;
  EventCounts knockouts;
  std::optional<TrainingForecast> training;  ///< none: of a sparse mapping, or there is no training
  std::optional<FitForecast> fit;            ///< of a sparse mapping that is yet to be made
  std::optional<MemoryNeed> training_memory;
  double collapse_seconds = 0;   ///< A = W2·W1 of all members, by the ranks of each node
  double direction_seconds = 0;  ///< what --toward takes before the screen: d, and q-values of shifts
  ScreenForecast screen;
  MemoryNeed screen_memory;
  DiskBytes disk;
  double data_bytes = 0;          ///< to each node: expression, targets
  double mapping_bytes = 0;       ///< to each node: parameters of all members
  std::int64_t hdf5_objects = 0;  ///< groups and arrays of the screen file, notes on the training apart

  double training_seconds() const;  ///< of either kind; 0: there is none
  double wall_seconds() const;      ///< without what is not estimated: reading, writing
  double node_hours() const;
  double longest_block() const;                   ///< seconds in which the job can neither save nor stop
  double bytes_of(const MemoryNeed& need) const;  ///< on a node, of all its ranks
  double bytes_per_node() const;
};

/// What is to be estimated.
struct EstimateRequest {
  const ExpressionMatrix& matrix;
  const std::optional<Model>& model;  ///< to screen by; none: one is trained
  const ModelOptions& mapping;        ///< of the training
  const ScreenPlan& plan;
  double effects = 32;  ///< a gene, of a sparse mapping that is yet to be made
  JobSize size;
};

/// By the cost models of this version; nothing is trained, scored or written. Local. @throws InputError for
/// too few cells to train on
Estimate estimate_job(const EstimateRequest& request);

}  // namespace dko
