#include "run_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dko::app {

namespace {

constexpr double shown_rate = 0.1;  // that q-values are counted to

nlohmann::ordered_json json_of(const TrainingRecord& record) {
  nlohmann::ordered_json json{{"seed", record.seed},
                              {"steps", record.steps},
                              {"batch", record.batch},
                              {"learning_rate", record.learning_rate},
                              {"schedule", record.schedule},
                              {"weight_decay", record.weight_decay},
                              {"patience", record.patience},
                              {"validate_every", record.validate_every},
                              {"parallel", record.parallel},
                              {"training_cells", record.training_cells},
                              {"validation_cells", record.validation_cells},
                              {"best_step", record.best_step}};
  if (std::isfinite(record.best_validation_loss)) json["best_validation_loss"] = record.best_validation_loss;
  return json;
}

nlohmann::ordered_json json_of(const SparseRecord& record) {
  nlohmann::ordered_json json{{"seed", record.seed},
                              {"cells", record.cells},
                              {"effects", record.effects},
                              {"factors", record.factors},
                              {"cross_validated_distance", record.cross_validated_distance}};
  if (!record.prior.empty()) {
    json["prior_pairs"] = record.prior_pairs;
    json["prior_signs"] = record.prior_signs != 0 ? "held" : "free";
    json["prior_factor"] = record.prior_factor;
  }
  if (record.fdr < 1) json["fdr"] = record.fdr;
  return json;
}

/// How many effects and genes have a q-value of at most 0.1, by its first member; "not computed" of an older
/// model. Nothing of the original's kind.
void add_q_values(nlohmann::ordered_json& json, const Model& model) {
  const auto* fitted = std::get_if<FittedMapping>(&model.members.front());
  if (fitted == nullptr) return;
  const auto add = [&](const char* key, const std::vector<double>& q, bool are_known) {
    if (!are_known)
      json[key] = "not computed";
    else
      json[key] = std::count_if(q.begin(), q.end(), [](double rate) { return rate <= shown_rate; });
  };
  add("effects_q_0.1", fitted->q_values.effects, !fitted->q_values.empty());
  const std::vector<double> of_genes = gene_q_values(model);
  add("genes_q_0.1", of_genes, !of_genes.empty());
}

nlohmann::ordered_json json_of(const std::vector<MemoryPart>& parts) {
  auto json = nlohmann::ordered_json::object();
  for (const MemoryPart& part : parts) json[part.what] = part.bytes;
  return json;
}

nlohmann::ordered_json json_of(const PhaseTimes& parts) {
  return {{"opening", to_json(parts.opening)}, {"loading", to_json(parts.loading)},
          {"scoring", to_json(parts.scoring)}, {"writing", to_json(parts.writing)},
          {"waiting", to_json(parts.waiting)}, {"closing", to_json(parts.closing)}};
}

}  // namespace

nlohmann::ordered_json to_json(const TrainingAdvice& advice) {
  return {{"advice", advice_text(advice)},    {"advice_determined", name_of(advice.determination)},
          {"advice_cells", advice.cells},     {"advice_genes", advice.genes},
          {"advice_mapping", advice.mapping}, {"advice_mean_share", advice.mean_share},
          {"advice_ridge", advice.ridge},     {"advice_sparse", advice.sparse}};
}

nlohmann::ordered_json training_json(const Model& model) {
  const auto of_member = [](const Member& member) {
    return std::visit([](const auto& made) { return json_of(made.record); }, member);
  };
  nlohmann::ordered_json json{{"mapping", name_of(model.kind())}, {"members", model.members.size()}};
  if (model.members.size() == 1) {
    json.update(of_member(model.members.front()));
  } else {
    for (const Member& member : model.members) json["of_members"].push_back(of_member(member));
  }
  add_q_values(json, model);
  if (model.advice) json.update(to_json(*model.advice));
  return json;
}

nlohmann::ordered_json to_json(const RankSeconds& seconds) {
  return {{"mean", seconds.mean}, {"max", seconds.max}};
}

nlohmann::ordered_json to_json(const TrainedModel& trained) {
  nlohmann::ordered_json json = training_json(*trained.model);
  if (trained.seconds) json["seconds"] = *trained.seconds;
  return json;
}

nlohmann::ordered_json to_json(const ScreenCounts& counts) {
  nlohmann::ordered_json json{{"base", name_of(counts.base)},
                              {"singles", counts.events.singles},
                              {"pairs", counts.events.pairs},
                              {"listed", counts.events.listed},
                              {"resumed", counts.resumed},
                              {"seconds", counts.seconds},
                              {"rank_seconds", to_json(counts.of_ranks)},
                              {"parts", json_of(counts.parts)}};
  if (counts.kept) json["kept_pairs"] = *counts.kept;
  return json;
}

nlohmann::ordered_json to_json(const NodeMemory& memory) {
  return {{"per_node", json_of(memory.need.per_node)},
          {"per_rank", json_of(memory.need.per_rank)},
          {"on_one_rank", json_of(memory.need.on_one_rank)},
          {"ranks", memory.ranks},
          {"total", memory.total},
          {"available", memory.available}};
}

nlohmann::ordered_json to_json(const std::vector<NodeMemory>& phases) {
  nlohmann::ordered_json json;
  for (const NodeMemory& memory : phases) json[memory.need.phase] = to_json(memory);
  return json;
}

}  // namespace dko::app
