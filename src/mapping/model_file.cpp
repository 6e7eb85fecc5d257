#include "dko/mapping/model_file.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/hdf5/header.hpp"

namespace dko {

namespace {

constexpr hdf5::FileKind model_kind{"dko model", 1};

void write_training(hdf5::File& file, const TrainingRecord& record) {
  hdf5::Location training = file.create_group("training");
  training.set("steps", record.steps);
  training.set("batch", record.batch);
  training.set("learning_rate", record.learning_rate);
  training.set("schedule", record.schedule);
  training.set("weight_decay", record.weight_decay);
  training.set("patience", record.patience);
  training.set("training_cells", record.training_cells);
  training.set("validation_cells", record.validation_cells);
  training.set("best_step", record.best_step);
  training.set("best_validation_loss", record.best_validation_loss);
  training.write<float>("training_losses", record.training_losses);
  training.write<float>("validation_losses", record.validation_losses);
}

/// What older files do not state keeps its default.
void read_later_settings(const hdf5::Location& training, TrainingRecord& record) {
  if (training.has_attribute("schedule")) record.schedule = training.text_attribute("schedule");
  if (training.has_attribute("weight_decay")) record.weight_decay = training.real_attribute("weight_decay");
  if (training.has_attribute("patience")) record.patience = training.integer_attribute("patience");
}

TrainingRecord read_training(const hdf5::File& file) {
  const hdf5::Location training = file.group("training");
  TrainingRecord record;
  record.steps = training.integer_attribute("steps");
  record.batch = training.integer_attribute("batch");
  record.learning_rate = training.real_attribute("learning_rate");
  read_later_settings(training, record);
  record.training_cells = training.integer_attribute("training_cells");
  record.validation_cells = training.integer_attribute("validation_cells");
  record.best_step = training.integer_attribute("best_step");
  record.best_validation_loss = training.real_attribute("best_validation_loss");
  record.training_losses = training.read<float>("training_losses");
  record.validation_losses = training.read<float>("validation_losses");
  return record;
}

void read_part(const hdf5::Location& group, const char* name, std::span<float> into) {
  const hdf5::Dataset part = group.dataset(name);
  if (part.size() != std::ssize(into)) {
    throw InputError(
        fmt::format("{}/{}: has {} values, expected {}", group.place(), name, part.size(), into.size()));
  }
  part.read(0, into);
}

Mapping read_mapping(const hdf5::File& file, std::int64_t genes) {
  const hdf5::Location group = file.group("mapping");
  const hdf5::Shape w1 = group.dataset("W1t").shape();
  if (w1.size() != 2 || w1[0] != genes) {
    throw InputError(fmt::format("{}/W1t: is not of {} genes", group.place(), genes));
  }
  Mapping mapping(MappingShape{genes, w1[1]});
  const auto weights = static_cast<std::size_t>(genes * w1[1]);
  const auto hidden = static_cast<std::size_t>(w1[1]);
  const std::span<float> all = mapping.parameters();
  read_part(group, "W1t", all.first(weights));
  read_part(group, "b1", all.subspan(weights, hidden));
  read_part(group, "W2", all.subspan(weights + hidden, weights));
  read_part(group, "b2", all.last(static_cast<std::size_t>(genes)));
  return mapping;
}

}  // namespace

double model_file_bytes(const MappingShape& shape, std::int64_t steps) {
  constexpr double bytes_of_names = 64;
  return 4.0 * static_cast<double>(shape.parameters()) + 8.0 * static_cast<double>(steps) +
         bytes_of_names * static_cast<double>(shape.genes) + 65536.0;
}

void write_model(OutputFile& output, const Model& model) {
  hdf5::File file = hdf5::File::create(output.partial_path());
  hdf5::write_header(file, model_kind, model.provenance);
  file.create_group("genes").write_strings("name", model.genes);
  const MappingShape& shape = model.mapping.shape();
  hdf5::Location mapping = file.create_group("mapping");
  mapping.write("W1t", model.mapping.w1(), {shape.genes, shape.hidden});
  mapping.write("b1", model.mapping.b1());
  mapping.write("W2", model.mapping.w2(), {shape.genes, shape.hidden});
  mapping.write("b2", model.mapping.b2());
  write_training(file, model.training);
  file.close();
  output.commit();
}

Model read_model(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  Model model;
  model.provenance = hdf5::read_header(file, model_kind);
  model.genes = file.group("genes").read_strings("name");
  model.mapping = read_mapping(file, std::ssize(model.genes));
  model.training = read_training(file);
  if (model.mapping.checksum(model.genes) != model.provenance.model_checksum) {
    throw InputError(
        fmt::format("{}: is damaged: its parameters do not have the checksum it states", path.string()));
  }
  return model;
}

}  // namespace dko
