#include "dko/mapping/model_file.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/hdf5/header.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

Model some_model() {
  Model model;
  model.mapping = testing::random_mapping({4, 3}, 1, 1);
  model.genes = {"a", "b", "c", "d"};
  model.training.steps = 2;
  model.training.best_step = 1;
  model.training.schedule = "cosine";
  model.training.weight_decay = 0.125;
  model.training.patience = 7;
  model.training.best_validation_loss = 0.25;
  model.training.training_losses = {0.5F, 0.4F};
  model.training.validation_losses = {0.3F, 0.25F};
  model.provenance = start_provenance("dko train x", 2);
  model.provenance.model_checksum = model.mapping.checksum(model.genes);
  return model;
}

void save(const std::filesystem::path& path, const Model& model) {
  OutputFile output(path, true);
  write_model(output, model);
}

/// As it was written before there were schedules, decay and patience.
void save_older(const std::filesystem::path& path, const Model& model) {
  hdf5::File file = hdf5::File::create(path);
  hdf5::write_header(file, {"dko model", 1}, model.provenance);
  file.create_group("genes").write_strings("name", model.genes);
  const auto genes = model.mapping.shape().genes;
  const auto hidden = model.mapping.shape().hidden;
  hdf5::Location mapping = file.create_group("mapping");
  mapping.write("W1t", model.mapping.w1(), {genes, hidden});
  mapping.write("b1", model.mapping.b1());
  mapping.write("W2", model.mapping.w2(), {genes, hidden});
  mapping.write("b2", model.mapping.b2());
  hdf5::Location training = file.create_group("training");
  for (const char* count : {"steps", "batch", "training_cells", "validation_cells", "best_step"})
    training.set(count, std::int64_t{2});
  training.set("learning_rate", 0.01);
  training.set("best_validation_loss", 0.25);
  training.write<float>("training_losses", model.training.training_losses);
  training.write<float>("validation_losses", model.training.validation_losses);
  file.close();
}

}  // namespace

TEST_CASE("a model comes back as it was, to the bit") {
  const testing::TemporaryFolder folder;
  const Model model = some_model();
  save(folder / "m.h5", model);
  const Model back = read_model(folder / "m.h5");
  CHECK(std::equal(back.mapping.parameters().begin(), back.mapping.parameters().end(),
                   model.mapping.parameters().begin(), model.mapping.parameters().end()));
  CHECK(back.genes == model.genes);
  CHECK(back.training.training_losses == model.training.training_losses);
  CHECK(back.training.validation_losses == model.training.validation_losses);
  CHECK(back.training.best_step == 1);
  CHECK(back.training.schedule == "cosine");
  CHECK(back.training.weight_decay == 0.125);
  CHECK(back.training.patience == 7);
  CHECK(back.provenance.command == "dko train x");
  CHECK(back.provenance.model_checksum == model.provenance.model_checksum);
}

TEST_CASE("a changed parameter is found by the checksum") {
  const testing::TemporaryFolder folder;
  save(folder / "m.h5", some_model());
  {
    hdf5::File file = hdf5::File::open(folder / "m.h5", hdf5::Access::write);
    const std::vector<float> other{7};
    file.group("mapping").dataset("b2").write<float>(2, other);
    file.close();
  }
  CHECK_THROWS_WITH(read_model(folder / "m.h5"), Catch::Contains("m.h5") && Catch::Contains("checksum"));
}

TEST_CASE("a model whose parts do not fit is refused") {
  const testing::TemporaryFolder folder;
  Model model = some_model();
  model.genes.pop_back();
  save(folder / "m.h5", model);
  CHECK_THROWS_AS(read_model(folder / "m.h5"), InputError);
}

TEST_CASE("a model of before there were schedule, weight decay and patience had none of them") {
  const testing::TemporaryFolder folder;
  save_older(folder / "m.h5", some_model());
  const Model back = read_model(folder / "m.h5");
  CHECK(back.training.steps == 2);
  CHECK(back.training.schedule == "constant");
  CHECK(back.training.weight_decay == 0);
  CHECK(back.training.patience == 0);
}
