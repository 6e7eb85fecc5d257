#include "dko/benchmark/training_speed.hpp"

#include <catch2/catch.hpp>

using namespace dko;

namespace {

TrainingSize size_of(std::int64_t genes, std::int64_t hidden) {
  TrainingSize size;
  size.genes = genes;
  size.hidden = hidden;
  size.batch = 4;
  size.expressed = static_cast<double>(genes) / 2;
  return size;
}

TrainingRun run_of(ParallelForm form, int ranks, double seconds) {
  TrainingRun run;
  run.form = form;
  run.ranks = ranks;
  run.time.total = seconds;
  run.time.parts.update = seconds / 4;
  run.bandwidth = 1e9;
  run.bytes = step_bytes(size_of(100, 10), form, ranks);
  return run;
}

}  // namespace

TEST_CASE("A cell of the training bench expresses its part of the genes, and two at least") {
  TrainBench bench;
  CHECK(bench.expressed_of(100) == 100);
  bench.expressed = 0.15;
  CHECK(bench.expressed_of(1000) == 150);
  CHECK(bench.expressed_of(10) == 2);
  bench.expressed = 0;
  CHECK(bench.expressed_of(1000) == 2);
}

TEST_CASE("The memory of a benched training is 20 bytes a parameter that a rank has") {
  const TrainingSize size = size_of(100, 10);
  const double parameters = 2 * 100 * 10 + 100 + 10;
  CHECK(training_bench_bytes(size, ParallelForm::data, 1) == 20 * parameters);
  CHECK(training_bench_bytes(size, ParallelForm::data, 4) == 20 * parameters);
  CHECK(training_bench_bytes(size, ParallelForm::sharded, 5) == Approx(20 * parameters / 5));
}

TEST_CASE("A training run is named by its form, but alone") {
  CHECK(name_of_run(run_of(ParallelForm::sharded, 1, 1)) == "alone");
  CHECK(name_of_run(run_of(ParallelForm::sharded, 2, 1)) == "sharded");
  CHECK(name_of_run(run_of(ParallelForm::data, 2, 1)) == "data");
}

TEST_CASE("A training run is compared with the bandwidth") {
  TrainingRun run = run_of(ParallelForm::data, 1, 2e-6);
  const double parameters = 2 * 100 * 10 + 100 + 10;
  CHECK(run.update_of_bandwidth() == Approx(24 * parameters / 0.5e-6 / 1e9));
  CHECK(run.step_of_bound() == Approx(run.bytes.least / 2e-6 / 1e9));
  run.time.parts.update = 0;  // too quick for the clock
  CHECK(run.update_of_bandwidth() == 0);
}

TEST_CASE("Speed-up and forecasts of a training are from one rank alone, or are not there") {
  const AllreduceModel network{1e-6, 1e-10};
  TrainingRuns runs;
  runs.size = size_of(100, 10);
  CHECK(runs.alone() == nullptr);
  runs.runs = {run_of(ParallelForm::data, 2, 1e-3)};
  CHECK(runs.alone() == nullptr);
  CHECK(runs.speed_up(1e-3) == 0);
  CHECK(forecast_forms(runs, network).empty());

  runs.runs = {run_of(ParallelForm::sharded, 1, 3e-3), run_of(ParallelForm::data, 2, 1e-3)};
  REQUIRE(runs.alone() == &runs.runs[0]);
  CHECK(runs.speed_up(1e-3) == Approx(3));
  const auto forecasts = forecast_forms(runs, network);
  REQUIRE(forecasts.size() == forecast_ranks.size());
  for (std::size_t at = 0; at < forecasts.size(); ++at) {
    const FormForecasts& both = forecasts[at];
    const StepTime& alone = runs.runs[0].time;
    CHECK(both.ranks == forecast_ranks[at]);
    CHECK(both.data.total == forecast_step(runs.size, alone, network, ParallelForm::data, both.ranks).total);
    CHECK(both.sharded.communication ==
          forecast_step(runs.size, alone, network, ParallelForm::sharded, both.ranks).communication);
    CHECK(both.is_data_quicker() == (both.data.total <= both.sharded.total));
  }
}
