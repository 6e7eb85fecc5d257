#include "bench_train_report.hpp"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/table.hpp"
#include "dko/base/text.hpp"

namespace dko::app {

namespace {

std::string milliseconds(double seconds) {
  return fmt::format("{:.{}f}", 1e3 * seconds, seconds < 0.01 ? 3 : 1);
}

std::string ratio(double value) {
  return value > 0 ? fmt::format("{:.2f}", value) : "–";
}

void print_runs(const std::vector<TrainingRuns>& all) {
  std::vector<std::string> titles{"genes", "form", "ranks", "ms/step"};
  for (const StepPart& part : step_parts) titles.emplace_back(part.name);
  titles.insert(titles.end(), {"of bandwidth", "of bound", "speed-up"});
  Table table(titles);
  for (const TrainingRuns& of_size : all) {
    for (const TrainingRun& run : of_size.runs) {
      std::vector<std::string> row{with_thousands(of_size.size.genes), name_of_run(run),
                                   std::to_string(run.ranks), milliseconds(run.time.total)};
      for (const StepPart& part : step_parts) row.push_back(milliseconds(run.time.parts.*part.seconds));
      row.insert(row.end(), {ratio(run.update_of_bandwidth()), ratio(run.step_of_bound()),
                             ratio(of_size.speed_up(run.time.total))});
      table.add(row);
    }
  }
  std::cout << table.text();
}

void print_bandwidths(const UpdateBandwidths& bandwidths, int ranks) {
  std::cout << fmt::format("memory: {:.1f} GB/s read and written by one rank", bandwidths.alone / 1e9);
  if (ranks > 1) std::cout << fmt::format(", {:.1f} by each of {} at once", bandwidths.together / 1e9, ranks);
  std::cout
      << "\nof bandwidth: what the update reaches of it, at 24 bytes a parameter; more than 1 from caches\n"
         "of bound: the part of a step in which memory could move the least bytes that it needs\n";
}

void print_forecasts(const std::vector<TrainingRuns>& all, const AllreduceModel& model) {
  Table table({"genes", "ranks", "data, ms/step", "communication", "sharded, ms/step", "communication",
               "quicker", "speed-up"});
  for (const TrainingRuns& of : all) {
    for (const FormForecasts& row : forecast_forms(of, model)) {
      const StepForecast& quicker = row.is_data_quicker() ? row.data : row.sharded;
      table.add({with_thousands(of.size.genes), std::to_string(row.ranks), milliseconds(row.data.total),
                 milliseconds(row.data.communication), milliseconds(row.sharded.total),
                 milliseconds(row.sharded.communication), row.is_data_quicker() ? "data" : "sharded",
                 ratio(of.speed_up(quicker.total))});
    }
  }
  std::cout << table.text();
}

void print_network(const std::optional<RankNetwork>& network) {
  if (!network) {
    std::cout
        << "one rank: there is nothing to measure between ranks, and no forecast of more; --latency and "
           "--bandwidth tell\nof a network to forecast them for\n";
    return;
  }
  const AllreduceModel& model = network->model;
  const double bytes_per_second = model.seconds_per_byte > 0 ? 1 / model.seconds_per_byte : 0;
  std::cout << fmt::format(
      "\nForecast, from one rank alone and from {}: an allreduce of B bytes takes\n"
      "2 ceil(log2 P) {:.2f} µs + 2 (P-1)/P B / {} GB/s; work divides by cells (data) or by hidden units "
      "(sharded)\n",
      network->is_measured ? "what was measured between the ranks of this run" : "the network given",
      1e6 * model.latency, bytes_per_second > 0 ? fmt::format("{:.2f}", bytes_per_second / 1e9) : "infinite");
}

nlohmann::ordered_json number_or_null(double value) {
  if (value > 0) return value;
  return nullptr;
}

nlohmann::ordered_json json_of(const TrainingRun& run, const TrainingRuns& of) {
  nlohmann::ordered_json parts;
  for (const StepPart& part : step_parts) parts[part.name] = run.time.parts.*part.seconds;
  return {{"form", name_of_run(run)},
          {"ranks", run.ranks},
          {"validate_every", run.time.plan.validate_every},
          {"steps", run.time.parts.steps},
          {"validations", run.time.parts.validations},
          {"seconds_per_step", run.time.total},
          {"seconds", parts},
          {"update_of_bandwidth", number_or_null(run.update_of_bandwidth())},
          {"step_of_bound", run.step_of_bound()},
          {"speed_up", number_or_null(of.speed_up(run.time.total))}};
}

nlohmann::ordered_json json_of(const std::vector<FormForecasts>& forecasts) {
  auto json = nlohmann::ordered_json::array();
  const auto add = [&](ParallelForm form, int ranks, const StepForecast& forecast) {
    json.push_back({{"form", name_of(form)},
                    {"ranks", ranks},
                    {"communication_seconds", forecast.communication},
                    {"seconds_per_step", forecast.total}});
  };
  for (const FormForecasts& both : forecasts) {
    add(ParallelForm::data, both.ranks, both.data);
    add(ParallelForm::sharded, both.ranks, both.sharded);
  }
  return json;
}

}  // namespace

void print_report(const std::vector<TrainingRuns>& all, const UpdateBandwidths& bandwidths,
                  const std::optional<RankNetwork>& network, int ranks) {
  print_runs(all);
  print_bandwidths(bandwidths, ranks);
  print_network(network);
  if (network) print_forecasts(all, network->model);
}

nlohmann::ordered_json to_json(const TrainingRuns& runs, const std::optional<RankNetwork>& network) {
  auto of_runs = nlohmann::ordered_json::array();
  for (const TrainingRun& run : runs.runs) of_runs.push_back(json_of(run, runs));
  auto forecasts = nlohmann::ordered_json::array();
  if (network) forecasts = json_of(forecast_forms(runs, network->model));
  const TrainingSize& size = runs.size;
  return {{"genes", size.genes},
          {"hidden", size.hidden},
          {"batch", size.batch},
          {"expressed", size.expressed},
          {"validation_cells", size.validation_cells},
          {"parameters", static_cast<std::int64_t>(step_bytes(size, ParallelForm::data, 1).own_parameters)},
          {"skipped", runs.skipped},
          {"runs", of_runs},
          {"forecast", forecasts}};
}

nlohmann::ordered_json to_json(const std::optional<RankNetwork>& network) {
  if (!network) return nullptr;
  return {{"latency_seconds", network->model.latency},
          {"seconds_per_byte", network->model.seconds_per_byte},
          {"measured", network->is_measured}};
}

}  // namespace dko::app
