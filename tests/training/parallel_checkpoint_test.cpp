// On every number of ranks: a training that goes on from a file is the one that was saved.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "dko/hdf5/file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/two_layer/checkpoint.hpp"
#include "dko/training/two_layer/train.hpp"
#include "dko/training/two_layer/trainer.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// More hidden units than one block has.
const RelativeProfiles& profiles() {
  static const RelativeProfiles matrix = testing::random_matrix(60, 150, 0.5, 70).relative_profiles();
  return matrix;
}

TrainingOptions twenty_steps(ParallelForm form, std::int64_t validate_every = 3) {
  TrainingOptions options;
  options.steps = 20;
  options.batch = 7;
  options.weight_decay = 0.1;
  options.parallel = form;
  options.validate_every = validate_every;
  return options;
}

Split split_for(const TrainingOptions& options) {
  return split_cells(profiles(), options.validation, 0, {}, options.seed);
}

void make_steps(Trainer& trainer, std::int64_t until) {
  while (!trainer.is_done() && trainer.steps_made() < until) trainer.step();
}

TrainedMapping to_the_end(Trainer& trainer) {
  make_steps(trainer, 1000);
  return std::move(trainer).finish();
}

void save_at(std::int64_t step, const std::filesystem::path& file, const TrainingOptions& options,
             const Communicator& ranks) {
  const Split split = split_for(options);
  Trainer trainer(profiles(), split, options, ranks);
  make_steps(trainer, step);
  trainer.save(file, {});
}

TrainedMapping go_on(const std::filesystem::path& file, const TrainingOptions& options,
                     const Communicator& ranks) {
  const Split split = split_for(options);
  Trainer trainer(profiles(), split, options, ranks);
  trainer.restore(file);
  return to_the_end(trainer);
}

TrainedMapping uninterrupted(const TrainingOptions& options, const Communicator& ranks) {
  return train(profiles(), split_for(options), options, ranks);
}

void check_same(const TrainedMapping& ours, const TrainedMapping& theirs) {
  CHECK(ours.record.training_losses == theirs.record.training_losses);
  CHECK(ours.record.validation_losses == theirs.record.validation_losses);
  CHECK(ours.record.best_step == theirs.record.best_step);
  CHECK(ours.record.validate_every == theirs.record.validate_every);
  CHECK(std::ranges::equal(ours.mapping.parameters(), theirs.mapping.parameters()));
}

void check_near(const std::vector<float>& ours, const std::vector<float>& theirs) {
  REQUIRE(ours.size() == theirs.size());
  double worst = 0;
  for (std::size_t at = 0; at < ours.size(); ++at)
    worst = std::max(worst, std::abs(static_cast<double>(ours[at] / theirs[at]) - 1));
  CHECK(worst < 1e-4);
}

void check_near(const TrainedMapping& ours, const TrainedMapping& theirs) {
  check_near(ours.record.training_losses, theirs.record.training_losses);
  check_near(ours.record.validation_losses, theirs.record.validation_losses);
}

constexpr std::array forms{ParallelForm::data, ParallelForm::sharded};

/// The words that all ranks are refused with, and the exit code.
void check_refused(const std::filesystem::path& file, const TrainingOptions& options, const char* words,
                   const RelativeProfiles& data = profiles()) {
  const Split split = split_cells(data, options.validation, 0, {}, options.seed);
  Trainer trainer(data, split, options, testing::world());
  try {
    trainer.restore(file);
  } catch (const CollectiveFailure& failure) {
    CHECK(failure.code() == ExitCode::input);
    CHECK_THAT(failure.what(), Catch::Contains(words) && Catch::Contains(file.filename().string()));
    return;
  }
  FAIL("was not refused: " << words);
}

}  // namespace

TEST_CASE("what is restored goes on with the same bits") {
  const testing::SharedFolder folder;
  for (const ParallelForm form : forms) {
    TrainingOptions options = twenty_steps(form);
    save_at(7, folder / "c", options, testing::world());
    check_same(go_on(folder / "c", options, testing::world()), uninterrupted(options, testing::world()));
    options.schedule = Schedule::cosine;
    options.validation = 0;
    options.validate_every = 0;
    save_at(13, folder / "last", options, testing::world());
    check_same(go_on(folder / "last", options, testing::world()), uninterrupted(options, testing::world()));
  }
}

TEST_CASE("a training is saved over and over, and at its end") {
  const testing::SharedFolder folder;
  const TrainingOptions options = twenty_steps(ParallelForm::sharded);
  const Split split = split_for(options);
  std::vector<std::int64_t> saved;
  std::int64_t resumed = -1;
  CheckpointOptions checkpoint;
  checkpoint.file = folder / "c";
  checkpoint.every = 0;
  checkpoint.resume = true;
  checkpoint.on_save = [&](const auto&, std::int64_t steps, double) { saved.push_back(steps); };
  checkpoint.on_resume = [&](const auto&, std::int64_t steps, std::int64_t) { resumed = steps; };
  const TrainedMapping first = train(profiles(), split, options, testing::world(), {}, checkpoint);
  CHECK(resumed == -1);
  if (testing::world().is_root()) {
    CHECK(saved.size() == 20);
    CHECK(saved.back() == 20);
  }
  // The finished one: nothing is trained again, nor written.
  saved.clear();
  const auto no_step = [](std::int64_t, std::int64_t) { FAIL("made a step"); };
  check_same(train(profiles(), split, options, testing::world(), no_step, checkpoint), first);
  CHECK(saved.empty());
  CHECK(resumed == (testing::world().is_root() ? 20 : -1));
  CHECK_FALSE(std::filesystem::exists(folder / "c.partial"));
}

TEST_CASE("any number of ranks and either form go on from a file") {
  const testing::SharedFolder folder;
  TrainingOptions options = twenty_steps(ParallelForm::sharded);
  const TrainedMapping expected = uninterrupted(options, Communicator::one_rank());
  save_at(7, folder / "sharded", options, testing::world());
  if (testing::world().is_root()) save_at(7, folder / "alone", options, Communicator::one_rank());
  testing::world().barrier();
  options.parallel = ParallelForm::data;
  save_at(7, folder / "data", options, testing::world());
  for (const ParallelForm form : forms) {
    options.parallel = form;
    options.validate_every = 0;  // the file's
    for (const char* file : {"sharded", "data", "alone"})
      check_near(go_on(folder / file, options, testing::world()), expected);
  }
  if (testing::world().is_root()) {
    check_same(go_on(folder / "alone", options, Communicator::one_rank()), expected);
    check_near(go_on(folder / "data", options, Communicator::one_rank()), expected);
  }
}

TEST_CASE("ranks without a hidden unit write and read nothing") {
  const testing::SharedFolder folder;
  for (const ParallelForm form : forms) {
    TrainingOptions options = twenty_steps(form);
    options.hidden = 2;
    save_at(7, folder / "c", options, testing::world());
    check_same(go_on(folder / "c", options, testing::world()), uninterrupted(options, testing::world()));
  }
}

TEST_CASE("more steps and another patience are no other training") {
  const testing::SharedFolder folder;
  TrainingOptions options = twenty_steps(ParallelForm::sharded);
  save_at(20, folder / "c", options, testing::world());
  options.steps = 30;
  options.patience = 500;
  check_same(go_on(folder / "c", options, testing::world()), uninterrupted(options, testing::world()));
}

TEST_CASE("another training is refused on all ranks") {
  const testing::SharedFolder folder;
  const TrainingOptions saved = twenty_steps(ParallelForm::automatic);
  save_at(7, folder / "c", saved, testing::world());
  const auto refused = [&](const char* words, const auto& change) {
    TrainingOptions options = saved;
    change(options);
    check_refused(folder / "c", options, words);
  };
  refused("seed was 1 and is 2 now", [](auto& options) { options.seed = 2; });
  refused("batch was 7 and is 8 now", [](auto& options) { options.batch = 8; });
  refused("learning-rate was 0.01 and is 0.02 now", [](auto& options) { options.learning_rate = 0.02; });
  refused("weight-decay", [](auto& options) { options.weight_decay = 0; });
  refused("schedule", [](auto& options) { options.schedule = Schedule::cosine; });
  refused("validate-every was 3 and is 4 now", [](auto& options) { options.validate_every = 4; });
  refused("validation cells", [](auto& options) { options.validation = 0.1; });
  refused("hidden units was 150 and is 5 now", [](auto& options) { options.hidden = 5; });
  refused("steps was 20 and is 19 now", [](auto& options) { options.steps = 19; });
  check_refused(folder / "c", saved, "on other data",
                testing::random_matrix(60, 150, 0.5, 71).relative_profiles());
  check_refused(folder / "c", saved, "on other genes",
                testing::random_matrix(60, 12, 0.9, 71).relative_profiles());
  TrainingOptions cosine = saved;
  cosine.schedule = Schedule::cosine;
  save_at(7, folder / "cosine", cosine, testing::world());
  cosine.steps = 30;
  check_refused(folder / "cosine", cosine, "keeps its steps");
}

TEST_CASE("what is no checkpoint, or a damaged one, is refused on all ranks") {
  const testing::SharedFolder folder;
  const TrainingOptions options = twenty_steps(ParallelForm::automatic);
  check_refused(folder / "missing", options, "no such file");
  const auto damaged = [&](const char* name, const auto& damage) {
    save_at(7, folder / name, options, testing::world());
    on_root(testing::world(), [&] { damage(folder / name); });
  };
  damaged("text", [](const auto& path) { testing::write_file(path, "not HDF5"); });
  check_refused(folder / "text", options, "is not an HDF5 file");
  damaged("short",
          [](const auto& path) { std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2); });
  check_refused(folder / "short", options, "cannot be opened");
  damaged("other",
          [](const auto& path) { hdf5::File::create(path).set("format", std::string("dko model")); });
  check_refused(folder / "other", options, "is not a dko checkpoint file");
  damaged("older", [](const auto& path) {
    hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
    file.set("version", std::int64_t{1});
    file.close();
  });
  check_refused(folder / "older", options, "of version 1; this dko reads version 2");
  // Claims that would ask for more memory than there is.
  damaged("steps", [](const auto& path) {
    hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
    hdf5::Location training = file.group("training");
    training.set("steps", std::int64_t{1} << 50);
  });
  check_refused(folder / "steps", options, "it is corrupt");
}

TEST_CASE("a row that is not what was written is refused on all ranks, array and row named") {
  const testing::SharedFolder folder;
  const TrainingOptions options = twenty_steps(GENERATE(ParallelForm::data, ParallelForm::sharded));
  const auto damage = [&](const char* name, const char* group, const char* array, std::int64_t at) {
    save_at(7, folder / name, options, testing::world());
    on_root(testing::world(), [&] {
      hdf5::File file = hdf5::File::open(folder / name, hdf5::Access::write);
      const std::vector<float> row(file.group(group).dataset(array).shape().size() == 2 ? 150 : 1, 0.125F);
      file.group(group).dataset(array).write(at, std::span<const float>(row));
      file.close();
    });
  };
  damage("w1", "weights", "w1", 149);
  check_refused(folder / "w1", options, "/weights/w1: row 149 is corrupt");
  damage("w2", "second_moment", "w2", 0);
  check_refused(folder / "w2", options, "/second_moment/w2: row 0 is corrupt");
  damage("b1", "kept", "b1", 77);
  check_refused(folder / "b1", options, "/kept/b1: row 77 is corrupt");
  damage("b2", "first_moment", "b2", 3);
  check_refused(folder / "b2", options, "/first_moment/b2: is corrupt");
  damage("loss", "training", "training_losses", 2);
  check_refused(folder / "loss", options, "/training/training_losses: is corrupt");
  const hdf5::File file = hdf5::File::open(folder / "b1", hdf5::Access::read);
  CHECK(verify_arrays(file, checkpoint_sums(file)).damaged == std::vector<std::string>{"/kept/b1, row 77"});
  testing::world().barrier();
}

TEST_CASE("where no checkpoint can be written all ranks are told, and the older one stays") {
  const testing::SharedFolder folder;
  const TrainingOptions options = twenty_steps(ParallelForm::automatic);
  const Split split = split_for(options);
  Trainer trainer(profiles(), split, options, testing::world());
  make_steps(trainer, 2);
  try {
    trainer.save(folder / "no/such/c", {});
    FAIL("was written");
  } catch (const CollectiveFailure& failure) {
    CHECK(failure.code() == ExitCode::io);
  }
  check_same(to_the_end(trainer), uninterrupted(options, testing::world()));
}
