#include "dko/benchmark/training_speed.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "dko/base/numbers.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/memory_bandwidth.hpp"
#include "dko/simulation/synthetic_mapping.hpp"
#include "dko/system/available_memory.hpp"

namespace dko {

namespace {

/// Training cells to draw batches from: some batches' worth.
Split make_split(const TrainBench& bench) {
  Split split;
  split.training = numbers_below<std::int64_t>(5 * bench.training.batch);
  split.validation.resize(static_cast<std::size_t>(bench.validation_cells));
  std::iota(split.validation.begin(), split.validation.end(), std::ssize(split.training));
  return split;
}

}  // namespace

std::int64_t TrainBench::expressed_of(std::int64_t genes) const {
  return std::max<std::int64_t>(2, std::llround(expressed * static_cast<double>(genes)));
}

double TrainingRun::update_of_bandwidth() const {
  const double seconds = time.parts.update;
  return seconds > 0 ? bytes.update / seconds / bandwidth : 0;
}

std::string name_of_run(const TrainingRun& run) {
  return run.ranks == 1 ? "alone" : std::string(name_of(run.form));
}

const TrainingRun* TrainingRuns::alone() const {
  return !runs.empty() && runs.front().ranks == 1 ? &runs.front() : nullptr;
}

double TrainingRuns::speed_up(double seconds) const {
  return alone() != nullptr ? alone()->time.total / seconds : 0;
}

double training_bench_bytes(const TrainingSize& size, ParallelForm form, int ranks) {
  constexpr double bytes_of_parameter = 16 + 4;
  return bytes_of_parameter * step_bytes(size, form, ranks).own_parameters;
}

TrainingMeasurement::TrainingMeasurement(const TrainBench& bench, Job& job)
    : bench_(bench), job_(job), split_(make_split(bench)), bandwidths_(measure_bandwidths()) {}

/// Far more than caches, and bounded: 384 MiB on a node, but 24 MiB a rank.
UpdateBandwidths TrainingMeasurement::measure_bandwidths() const {
  constexpr std::int64_t of_node = std::int64_t{384} << 20;
  constexpr std::int64_t least = std::int64_t{24} << 20;
  constexpr double seconds = 0.5;
  UpdateBandwidths bandwidths;
  if (ranks().is_root()) bandwidths.alone = update_bandwidth(Communicator::one_rank(), of_node, seconds);
  ranks().idle_barrier();
  const std::int64_t of_rank = std::max(least, of_node / ranks().max(job_.nodes.node.size()));
  bandwidths.together = ranks().size() > 1 ? update_bandwidth(ranks(), of_rank, seconds) : bandwidths.alone;
  return bandwidths;
}

TrainingRuns TrainingMeasurement::run(std::int64_t genes) {
  const RelativeProfiles profiles = RelativeProfiles::replicate(
      job_.nodes, on_root(ranks(), [&] {
        return make_profiles(std::ssize(split_.training) + std::ssize(split_.validation), genes,
                             bench_.expressed_of(genes), bench_.training.seed);
      }));
  TrainingRuns runs;
  runs.size = training_size(profiles, split_, bench_.training);
  if (fits(runs, ParallelForm::sharded, 1)) measure_alone(runs, profiles);
  if (ranks().size() == 1) return runs;
  for (const ParallelForm form : bench_.forms) {
    if (fits(runs, form, ranks().size())) note(runs, form, ranks().size(), time(profiles, form, ranks()));
  }
  return runs;
}

StepTime TrainingMeasurement::time(const RelativeProfiles& profiles, ParallelForm form,
                                   const Communicator& on) const {
  TrainingOptions training = bench_.training;
  training.parallel = form;
  return time_steps(profiles, split_, training, on, bench_.repeats);
}

void TrainingMeasurement::measure_alone(TrainingRuns& runs, const RelativeProfiles& profiles) {
  StepTime of_root;
  if (ranks().is_root()) of_root = time(profiles, ParallelForm::sharded, Communicator::one_rank());
  ranks().idle_barrier();
  note(runs, ParallelForm::sharded, 1, of_root);
}

void TrainingMeasurement::note(TrainingRuns& runs, ParallelForm form, int of_ranks,
                               const StepTime& step_time) {
  const double bandwidth = of_ranks == 1 ? bandwidths_.alone : bandwidths_.together;
  runs.runs.push_back({form, of_ranks, step_time, bandwidth, step_bytes(runs.size, form, of_ranks)});
  job_.log.info("{}, {}: {:.3g} ms a step", counted(runs.size.genes, "gene"), name_of_run(runs.runs.back()),
                1e3 * step_time.total);
}

/// Whether every node has the memory; says so, and notes it, if not. Collective.
bool TrainingMeasurement::fits(TrainingRuns& runs, ParallelForm form, int of_ranks) {
  const double working = of_ranks > 1 ? job_.nodes.node.size() : ranks().is_root() ? 1 : 0;
  const double need = working * training_bench_bytes(runs.size, form, of_ranks);
  ranks().barrier();  // what was measured before is given back
  if (ranks().max(need > available_memory() ? 1 : 0) == 0) return true;
  const double most = ranks().max(need);
  runs.skipped.push_back(of_ranks == 1 ? "alone" : std::string(name_of(form)));
  job_.log.warn("{}, {}: skipped, for it needs {} of a node's memory", counted(runs.size.genes, "gene"),
                runs.skipped.back(), human_bytes(most));
  return false;
}

std::optional<RankNetwork> measure_network(const Communicator& ranks) {
  if (ranks.size() == 1) return std::nullopt;
  return RankNetwork{measured_between(ranks), true};
}

std::vector<FormForecasts> forecast_forms(const TrainingRuns& runs, const AllreduceModel& network) {
  std::vector<FormForecasts> forecasts;
  if (runs.alone() == nullptr) return forecasts;
  const StepTime& alone = runs.alone()->time;
  for (const int ranks : forecast_ranks)
    forecasts.push_back({ranks, forecast_step(runs.size, alone, network, ParallelForm::data, ranks),
                         forecast_step(runs.size, alone, network, ParallelForm::sharded, ranks)});
  return forecasts;
}

}  // namespace dko
