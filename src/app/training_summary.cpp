#include "training_summary.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace dko::app {

namespace {

nlohmann::ordered_json to_json(const TrainingRecord& record) {
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

nlohmann::ordered_json to_json(const SparseRecord& record) {
  return {{"seed", record.seed},
          {"cells", record.cells},
          {"effects", record.effects},
          {"factors", record.factors},
          {"cross_validated_distance", record.cross_validated_distance}};
}

}  // namespace

nlohmann::ordered_json training_json(const Model& model) {
  const auto of_member = [](const Member& member) {
    return std::visit([](const auto& made) { return to_json(made.record); }, member);
  };
  nlohmann::ordered_json json{{"mapping", name_of(model.kind())}, {"members", model.members.size()}};
  if (model.members.size() == 1) {
    json.update(of_member(model.members.front()));
  } else {
    for (const Member& member : model.members) json["of_members"].push_back(of_member(member));
  }
  return json;
}

}  // namespace dko::app
