#include "estimate_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dko/base/text.hpp"
#include "table.hpp"

namespace dko::app {

using Json = nlohmann::ordered_json;

namespace {

Json memory_json(const Estimate& estimate, const MemoryNeed& need) {
  return {{"shared_by_ranks", need.node_bytes()},
          {"of_each_rank", need.rank_bytes()},
          {"of_one_rank", need.one_rank_bytes()},
          {"total", estimate.bytes_of(need)}};
}

Json training_json(const Estimate& estimate) {
  if (!estimate.training) return nullptr;
  const TrainingForecast& training = *estimate.training;
  return {{"parallel", std::string(name_of(training.form))},
          {"ranks_of_group", training.ranks_of_group},
          {"steps", training.steps},
          {"validate_every", training.validate_every},
          {"step_seconds", training.step_seconds},
          {"validation_seconds", training.validation_seconds}};
}

Json fit_json(const Estimate& estimate) {
  if (!estimate.fit) return nullptr;
  return {{"ranks_of_group", estimate.fit->ranks_of_group},
          {"core_seconds", estimate.fit->core_seconds},
          {"longest_gene_seconds", estimate.fit->longest_gene}};
}

Json node_json(const Estimate& estimate) {
  Json json;
  if (estimate.training) {
    const bool is_data = estimate.training->form == ParallelForm::data;
    json[is_data ? "gradient_bytes_each_step" : "output_bytes_each_step"] =
        estimate.training->bytes_each_step;
  }
  json["data_bytes"] = estimate.data_bytes;
  json["mapping_bytes"] = estimate.mapping_bytes;
  json["hdf5_objects"] = estimate.hdf5_objects;
  json["score_blocks"] = estimate.screen.blocks;
  json["bytes_written_per_rank"] = estimate.disk.screen / static_cast<double>(estimate.size.ranks());
  json["score_bytes_sent_per_rank"] = estimate.screen.bytes_sent / static_cast<double>(estimate.size.ranks());
  json["longest_block_seconds"] = estimate.longest_block();
  return json;
}

}  // namespace

Json to_json(const Estimate& estimate) {
  const double speed = estimate.size.core_speed;
  const DiskBytes& disk = estimate.disk;
  Json memory{{"screening", memory_json(estimate, estimate.screen_memory)}};
  if (estimate.training_memory) memory["training"] = memory_json(estimate, *estimate.training_memory);
  return {{"genes", estimate.genes},
          {"cells", estimate.cells},
          {"nodes", estimate.size.nodes},
          {"ranks", estimate.size.ranks()},
          {"core_speed", speed},
          {"knockouts",
           {{"singles", estimate.knockouts.singles},
            {"pairs", estimate.knockouts.pairs},
            {"listed", estimate.knockouts.listed}}},
          {"training_seconds", estimate.training_seconds()},
          {"training", training_json(estimate)},
          {"fit", fit_json(estimate)},
          {"collapse_seconds", estimate.collapse_seconds},
          {"direction_seconds", estimate.direction_seconds},
          {"screen_seconds", estimate.screen.slowest_seconds / speed},
          {"screen_core_seconds", estimate.screen.core_seconds / speed},
          {"load_core_seconds", estimate.screen.load_seconds / speed},
          {"slowest_above_mean", estimate.screen.above_mean},
          {"wall_seconds", estimate.wall_seconds()},
          {"node_hours", estimate.node_hours()},
          {"bytes_per_node", estimate.bytes_per_node()},
          {"memory", memory},
          {"bytes_on_disk",
           {{"screen", disk.screen},
            {"model", disk.model},
            {"checkpoint", disk.checkpoint},
            {"temporary", disk.temporary},
            {"above_threshold_at_most", disk.above_threshold_at_most},
            {"total", disk.total()}}},
          {"per_node", node_json(estimate)}};
}

std::string time_text(double seconds) {
  return seconds < 1 ? fmt::format("{:.3g} ms", 1000 * seconds) : human_seconds(seconds);
}

namespace {

void add_time(Table& table, const Estimate& estimate) {
  const double speed = estimate.size.core_speed;
  if (estimate.training) {
    const TrainingForecast& training = *estimate.training;
    table.add(
        {"training", time_text(training.seconds),
         fmt::format("{} of {} on {}, {}", counted(training.steps, "step"), time_text(training.step_seconds),
                     counted(training.ranks_of_group, "rank"), name_of(training.form))});
  } else if (estimate.fit) {
    table.add({"fitting", time_text(estimate.fit->seconds),
               fmt::format("{:.3g} core hours; {} for each mapping, a gene {} at most",
                           estimate.fit->core_seconds / 3600, counted(estimate.fit->ranks_of_group, "rank"),
                           time_text(estimate.fit->longest_gene))});
  }
  if (estimate.collapse_seconds > 0)
    table.add({"computing A", time_text(estimate.collapse_seconds), "by the ranks of each node"});
  if (estimate.direction_seconds > 0)
    table.add({"direction", time_text(estimate.direction_seconds), "means of both ends, q-values of shifts"});
  table.add({"screening", time_text(estimate.screen.slowest_seconds / speed),
             fmt::format("slowest rank {:.3g} % above the mean; {:.3g} core hours, {:.3g} % loading cells",
                         100 * estimate.screen.above_mean, estimate.screen.core_seconds / speed / 3600,
                         100 * estimate.screen.load_seconds / std::max(1e-9, estimate.screen.core_seconds))});
  table.add({"in all", time_text(estimate.wall_seconds()),
             fmt::format("{:.4g} node hours, without reading and writing", estimate.node_hours())});
}

void add_memory(Table& table, const Estimate& estimate, const MemoryNeed& need) {
  table.add({fmt::format("memory of a node, {}", need.phase), human_bytes(estimate.bytes_of(need)),
             fmt::format("{} shared, {} of each rank, {} of one rank", human_bytes(need.node_bytes()),
                         human_bytes(need.rank_bytes()), human_bytes(need.one_rank_bytes()))});
}

void add_disk(Table& table, const Estimate& estimate) {
  const DiskBytes& disk = estimate.disk;
  table.add(
      {"disk", human_bytes(disk.total()),
       fmt::format("screen {}, model {}, checkpoints {}, temporary {}", human_bytes(disk.screen),
                   human_bytes(disk.model), human_bytes(disk.checkpoint), human_bytes(disk.temporary))});
}

void add_limits(Table& table, const Estimate& estimate) {
  if (estimate.training) {
    const bool is_data = estimate.training->form == ParallelForm::data;
    table.add({"summed each step", human_bytes(estimate.training->bytes_each_step),
               is_data ? "gradients, by each rank" : "outputs, by each rank"});
  }
  table.add({"broadcast to each node", human_bytes(estimate.data_bytes + estimate.mapping_bytes),
             fmt::format("data {}, mapping {}", human_bytes(estimate.data_bytes),
                         human_bytes(estimate.mapping_bytes))});
  if (estimate.screen.bytes_sent > 0) {
    table.add({"scores sent by each rank",
               human_bytes(estimate.screen.bytes_sent / static_cast<double>(estimate.size.ranks())),
               "mean, to ranks that add them up"});
  }
  table.add({"written by each rank",
             human_bytes(estimate.disk.screen / static_cast<double>(estimate.size.ranks())), "mean"});
  table.add(
      {"HDF5 objects", with_thousands(estimate.hdf5_objects),
       fmt::format("made by one rank; {} of scores on record", counted(estimate.screen.blocks, "block"))});
  table.add({"longest block", time_text(estimate.longest_block()), "in which nothing is saved, nor stopped"});
}

}  // namespace

std::string text_of(const Estimate& estimate) {
  Table table({"what", "estimate", "of it"});
  const auto knockouts = estimate.knockouts;
  table.add({"knockouts", with_thousands(knockouts.total()),
             fmt::format("{} single, {} double, {} listed", with_thousands(knockouts.singles),
                         with_thousands(knockouts.pairs), with_thousands(knockouts.listed))});
  table.add({"ranks", with_thousands(estimate.size.ranks()), counted(estimate.size.nodes, "node")});
  add_time(table, estimate);
  if (estimate.training_memory) add_memory(table, estimate, *estimate.training_memory);
  add_memory(table, estimate, estimate.screen_memory);
  add_disk(table, estimate);
  if (estimate.disk.above_threshold_at_most > 0)
    table.add({"", "",
               fmt::format("without the pairs above the threshold, which nobody knows yet: {} at most",
                           human_bytes(estimate.disk.above_threshold_at_most))});
  add_limits(table, estimate);
  return table.text();
}

}  // namespace dko::app
