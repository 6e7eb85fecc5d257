#pragma once
// What a step of training takes, beside what memory gives, and on more ranks: what dko bench train measures.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/planning/step_forecast.hpp"
#include "dko/training/two_layer/trainer.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// What to train on synthetic cells, besides how many genes they have.
struct TrainBench {
  double expressed = 1;  ///< part of the genes that each cell expresses, drawn at random
  std::int64_t validation_cells = 0;
  std::int64_t repeats = 5;  ///< medians count
  /// To measure on several ranks, none automatic.
  std::vector<ParallelForm> forms{ParallelForm::data, ParallelForm::sharded};
  TrainingOptions training;  ///< its form does not matter

  /// Genes that a cell expresses, of `genes`: 2 at least.
  std::int64_t expressed_of(std::int64_t genes) const;
};

/// Bytes a second and rank that an update can move (update_bandwidth()).
struct UpdateBandwidths {
  double alone = 0;     ///< of one rank while the others rest
  double together = 0;  ///< of each rank while all work
};

/// A training of one size in one form.
struct TrainingRun {
  ParallelForm form = ParallelForm::sharded;
  int ranks = 1;
  StepTime time;
  double bandwidth = 0;  ///< bytes a second and rank, of as many ranks at once
  StepBytes bytes;

  /// Part of the bandwidth that the update has; above 1 where caches help; 0 if the update took no time.
  double update_of_bandwidth() const;
  /// Part of the step in which its least bytes could be moved.
  double step_of_bound() const { return bytes.least / bandwidth / time.total; }
};

/// "alone" of one rank, or that of its form.
std::string name_of_run(const TrainingRun& run);

struct TrainingRuns {
  TrainingSize size;
  std::vector<TrainingRun> runs;     ///< that of one rank first, unless it was skipped
  std::vector<std::string> skipped;  ///< names of the runs that memory has no room for

  /// That of one rank; null if it was skipped.
  const TrainingRun* alone() const;
  /// How many times as fast as one rank a step of so many seconds is; 0 if that was not measured.
  double speed_up(double seconds) const;
};

/// Bytes that each rank's parameters take in such a training: weights, gradients, two moments, and the
/// weights that are kept. 20 bytes a parameter. Local.
double training_bench_bytes(const TrainingSize& size, ParallelForm form, int ranks);

/// Measures trainings of one number of genes after the other, and says so in the log.
class TrainingMeasurement {
 public:
  /// Measures the bandwidths, which takes about a second. Both arguments must outlive it. Collective.
  TrainingMeasurement(const TrainBench& bench, Job& job);

  const UpdateBandwidths& bandwidths() const { return bandwidths_; }

  /// Times steps on rank 0 alone, while the others sleep, then on all ranks in each form. What a node has not
  /// the memory for is skipped with a warning. Only rank 0 has the time of the run alone. Collective.
  TrainingRuns run(std::int64_t genes);

 private:
  const Communicator& ranks() const { return job_.ranks(); }
  UpdateBandwidths measure_bandwidths() const;
  StepTime time(const RelativeProfiles& profiles, ParallelForm form, const Communicator& on) const;
  void measure_alone(TrainingRuns& runs, const RelativeProfiles& profiles);
  void note(TrainingRuns& runs, ParallelForm form, int of_ranks, const StepTime& step_time);
  bool fits(TrainingRuns& runs, ParallelForm form, int of_ranks);

  const TrainBench& bench_;
  Job& job_;
  Split split_;
  UpdateBandwidths bandwidths_;
};

/// What the time between ranks is forecast with.
struct RankNetwork {
  AllreduceModel model;
  bool is_measured = false;  ///< between the ranks of this run, not given by hand
};

/// Measured between these ranks; nothing of one rank. Collective.
std::optional<RankNetwork> measure_network(const Communicator& ranks);

/// Numbers of ranks that forecasts are made for.
inline constexpr std::array forecast_ranks{4, 16, 64, 256, 1024};

/// A step on as many ranks, in both forms.
struct FormForecasts {
  int ranks = 1;
  StepForecast data;
  StepForecast sharded;

  bool is_data_quicker() const { return data.total <= sharded.total; }
};

/// For each of forecast_ranks, from what one rank alone took; nothing if that was skipped. Local.
std::vector<FormForecasts> forecast_forms(const TrainingRuns& runs, const AllreduceModel& network);

}  // namespace dko
