#include "dko/mapping/model_file.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/hdf5/header.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

Model some_model() {
  Model model;
  TrainedMapping member;
  member.mapping = testing::random_mapping({4, 3}, 1, 1);
  model.genes = {"a", "b", "c", "d"};
  member.record.steps = 2;
  member.record.best_step = 1;
  member.record.schedule = "cosine";
  member.record.weight_decay = 0.125;
  member.record.patience = 7;
  member.record.parallel = "sharded";
  member.record.best_validation_loss = 0.25;
  member.record.training_losses = {0.5F, 0.4F};
  member.record.validation_losses = {0.3F, 0.25F};
  model.members.emplace_back(std::move(member));
  model.provenance = start_provenance("dko train x", 2);
  model.provenance.model_checksum = checksum_of(model);
  return model;
}

void save(const std::filesystem::path& path, const Model& model) {
  OutputFile output(path, true);
  write_model(output, model);
}

const TrainedMapping& member_of(const Model& model) {
  return std::get<TrainedMapping>(model.members.front());
}

/// As it was written before there were schedules, decay, patience, seldom validation and forms.
void save_older(const std::filesystem::path& path, const Model& model) {
  hdf5::File file = hdf5::File::create(path);
  hdf5::write_header(file, {"dko model", 1}, model.provenance);
  file.create_group("genes").write_strings("name", model.genes);
  const auto genes = member_of(model).mapping.shape().genes;
  const auto hidden = member_of(model).mapping.shape().hidden;
  hdf5::Location mapping = file.create_group("mapping");
  mapping.write("W1t", member_of(model).mapping.w1(), {genes, hidden});
  mapping.write("b1", member_of(model).mapping.b1());
  mapping.write("W2", member_of(model).mapping.w2(), {genes, hidden});
  mapping.write("b2", member_of(model).mapping.b2());
  hdf5::Location training = file.create_group("training");
  for (const char* count : {"steps", "batch", "training_cells", "validation_cells"})
    training.set(count, std::int64_t{2});
  training.set("best_step", std::int64_t{1});
  training.set("learning_rate", 0.01);
  training.set("best_validation_loss", 0.25);
  training.write<float>("training_losses", member_of(model).record.training_losses);
  training.write<float>("validation_losses", member_of(model).record.validation_losses);
  file.close();
}

}  // namespace

TEST_CASE("a model comes back as it was, to the bit") {
  const testing::TemporaryFolder folder;
  const Model model = some_model();
  save(folder / "m.h5", model);
  const Model back = read_model(folder / "m.h5");
  CHECK(std::equal(member_of(back).mapping.parameters().begin(), member_of(back).mapping.parameters().end(),
                   member_of(model).mapping.parameters().begin(),
                   member_of(model).mapping.parameters().end()));
  CHECK(back.genes == model.genes);
  CHECK(member_of(back).record.training_losses == member_of(model).record.training_losses);
  CHECK(member_of(back).record.validation_losses == member_of(model).record.validation_losses);
  CHECK(member_of(back).record.best_step == 1);
  CHECK(member_of(back).record.schedule == "cosine");
  CHECK(member_of(back).record.weight_decay == 0.125);
  CHECK(member_of(back).record.patience == 7);
  CHECK(member_of(back).record.validate_every == 1);
  CHECK(member_of(back).record.parallel == "sharded");
  CHECK(back.provenance.command == "dko train x");
  CHECK(back.provenance.model_checksum == model.provenance.model_checksum);
}

TEST_CASE("advice comes back as it was, and a model without one has none") {
  Model model = some_model();
  save("plain.h5", model);
  CHECK_FALSE(read_model("plain.h5").advice);
  model.advice = TrainingAdvice{Determination::partly, true, 80, 10, 0.3, 0.35, 0.29, 0.25};
  save("advised.h5", model);
  const auto advice = read_model("advised.h5").advice;
  REQUIRE(advice);
  CHECK(advice->determination == Determination::partly);
  CHECK(advice->cells == 80);
  CHECK(advice->sparse == 0.25);
  CHECK(advice_text(*advice) == advice_text(*model.advice));
  model.advice->ridge = std::nan("");
  save("damaged.h5", model);
  CHECK_THROWS_WITH(read_model("damaged.h5"), Catch::Contains("ridge is nan, not an error"));
}

TEST_CASE("advice says in one line what the data determine, and what to use instead") {
  TrainingAdvice advice{Determination::partly, true, 12, 10, 0.3, 0.35, 0.29, 0.25};
  const auto says = [&](const char* words) {
    return advice_text(advice).find(words) != std::string::npos &&
           advice_text(advice).find('\n') == std::string::npos;
  };
  CHECK(says("on 12 validation cells"));
  CHECK(says("determine it only in part"));
  CHECK(says("mapping sparse"));
  advice.sparse_is_better = false;
  CHECK_FALSE(says("Use mapping sparse"));
  CHECK(says("top-genes"));
  advice.determination = Determination::not_at_all;
  CHECK(says("not clearly better than each gene's mean share (shares are off by 30 % against 35 %"));
  CHECK(says("do not determine it"));
  advice.determination = Determination::by_nothing;
  CHECK(says("is open. Judge it and mapping sparse"));
  CHECK_FALSE(says("do not determine it"));
  advice.mapping = 0.36;
  CHECK(says("no better than each gene's mean share (shares are off by 36 % against 35 %"));
  CHECK(says("do not determine it, and its scores are not reliable. Judge mapping sparse"));
  advice.determination = Determination::determined;
  CHECK(says("these data determine it"));
  CHECK_FALSE(says("not"));
}

TEST_CASE("variances of shares come back, may be missing, and are refused where they cannot be") {
  const testing::TemporaryFolder folder;
  Model model = some_model();
  save(folder / "without.h5", model);
  CHECK_FALSE(read_model(folder / "without.h5").has_share_variances());
  const auto set = [&](std::vector<double> variances) {
    std::get<TrainedMapping>(model.members.front()).share_variances = std::move(variances);
  };
  set({0, 1e-5, 0.25, 1});
  save(folder / "m.h5", model);
  const Model back = read_model(folder / "m.h5");
  CHECK(back.has_share_variances());
  CHECK(member_of(back).share_variances == member_of(model).share_variances);
  CHECK(collapse(back).front().share_variances()[2] == 0.25);
  for (const std::vector<double>& wrong :
       {std::vector<double>{0, 0, 0}, {0, 0, 0, -1e-9}, {0, 0, 0, 2}, {0, 0, 0, std::nan("")}}) {
    set(wrong);
    save(folder / "m.h5", model);
    CHECK_THROWS_WITH(read_model(folder / "m.h5"), Catch::Contains("share_variance"));
  }
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

TEST_CASE("a parameter that is not finite is refused, with its place") {
  const testing::TemporaryFolder folder;
  const auto refused = [&](std::size_t parameter, float value, const char* place) {
    Model model = some_model();
    std::get<TrainedMapping>(model.members.front()).mapping.parameters()[parameter] = value;
    model.provenance.model_checksum = checksum_of(model);
    save(folder / "m.h5", model);
    CHECK_THROWS_AS(read_model(folder / "m.h5"), InputError);
    CHECK_THROWS_WITH(read_model(folder / "m.h5"),
                      Catch::Contains("m.h5:/mapping") && Catch::Contains(place));
  };
  refused(5, std::nanf(""), "W1t: row 1, column 2 holds nan");
  refused(13, HUGE_VALF, "b1: place 1 holds inf");
  refused(15, -HUGE_VALF, "W2: row 0, column 0 holds -inf");
  refused(30, std::nanf(""), "b2: place 3 holds nan");
}

TEST_CASE("a model whose parts do not fit is refused") {
  const testing::TemporaryFolder folder;
  Model model = some_model();
  model.genes.pop_back();
  save(folder / "m.h5", model);
  CHECK_THROWS_AS(read_model(folder / "m.h5"), InputError);
}

TEST_CASE("a model of before there were other settings had none of them") {
  const testing::TemporaryFolder folder;
  save_older(folder / "m.h5", some_model());
  const Model back = read_model(folder / "m.h5");
  CHECK(member_of(back).record.steps == 2);
  CHECK(member_of(back).record.schedule == "constant");
  CHECK(member_of(back).record.weight_decay == 0);
  CHECK(member_of(back).record.patience == 0);
  CHECK(member_of(back).record.validate_every == 1);
  CHECK(member_of(back).record.parallel == "data");
}

namespace {

/// Of a training of as many steps, validated at every `validate_every`-th, or not at all.
Model trained_model(std::int64_t steps, std::int64_t validate_every, std::int64_t validations,
                    std::int64_t best_step) {
  Model model = some_model();
  TrainingRecord& record = std::get<TrainedMapping>(model.members.front()).record;
  record.steps = steps;
  record.validate_every = validate_every;
  record.best_step = best_step;
  record.training_losses.assign(static_cast<std::size_t>(steps), 0.5F);
  record.validation_losses.assign(static_cast<std::size_t>(validations), 0.25F);
  return model;
}

}  // namespace

TEST_CASE("a curve has a value for each step that was validated") {
  const testing::TemporaryFolder folder;
  const auto path = folder / "m.h5";
  for (const std::int64_t best_step : {0, 7, 14}) {
    save(path, trained_model(15, 7, 3, best_step));
    const TrainingRecord record = member_of(read_model(path)).record;
    CHECK(record.validate_every == 7);
    CHECK(record.validation_losses.size() == 3);
    CHECK(record.best_step == best_step);
  }
  save(path, trained_model(14, 7, 2, 7));
  CHECK(member_of(read_model(path)).record.validation_losses.size() == 2);
  save(path, trained_model(15, 1, 0, 15));  // no validation cells
  CHECK(member_of(read_model(path)).record.best_step == 15);
}

TEST_CASE("curves of other steps than those stated are refused") {
  const testing::TemporaryFolder folder;
  const auto path = folder / "m.h5";
  const auto refused = [&](const Model& model, const char* place) {
    save(path, model);
    CHECK_THROWS_AS(read_model(path), InputError);
    CHECK_THROWS_WITH(read_model(path), Catch::Contains("m.h5:/training") && Catch::Contains(place));
  };
  refused(trained_model(15, 7, 2, 7), "validation_losses");
  refused(trained_model(15, 7, 4, 7), "validation_losses");
  refused(trained_model(15, 1, 14, 7), "validation_losses");
  refused(trained_model(15, 7, 3, 8), "best_step");   // never validated
  refused(trained_model(15, 7, 3, 21), "best_step");  // never made
  refused(trained_model(15, 7, 3, -7), "best_step");
  refused(trained_model(15, 1, 0, 3), "best_step");  // no validation: the last
  refused(trained_model(15, 0, 3, 7), "validate_every");
  refused(trained_model(15, -7, 3, 7), "validate_every");
  Model short_curve = trained_model(15, 7, 3, 7);
  std::get<TrainedMapping>(short_curve.members.front()).record.training_losses.pop_back();
  refused(short_curve, "training_losses");
}

namespace {

Model sparse_model(std::int64_t members) {
  Model model;
  model.genes = {"a", "b", "c", "d", "e", "f"};
  for (std::int64_t member = 0; member < members; ++member) {
    SparseRecord record;
    record.seed = 40 + static_cast<std::uint64_t>(member);
    record.cells = 77;
    record.cross_validated_distance = 0.125;
    record.penalties.assign(6, 0.5F);
    model.members.emplace_back(FittedMapping{
        testing::random_sparse(6, 2, 0.4, 50 + static_cast<std::uint64_t>(member)).mapping(), record});
  }
  model.provenance = start_provenance("dko train x --mapping sparse", 2);
  model.provenance.model_checksum = checksum_of(model);
  return model;
}

template <class T>
void change(const std::filesystem::path& path, const char* array, std::int64_t at, T value) {
  hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
  const std::vector<T> values{value};
  hdf5::Location group = file.group("mapping");
  if (std::string(array) == "indices" || std::string(array) == "indptr" || std::string(array) == "data")
    group = group.group("A");
  group.dataset(array).write<T>(at, values);
  file.close();
}

}  // namespace

TEST_CASE("an ensemble of sparse mappings comes back as it was, to the bit") {
  const testing::TemporaryFolder folder;
  for (const std::int64_t members : {1, 3}) {
    const Model model = sparse_model(members);
    save(folder / "m.h5", model);
    const Model back = read_model(folder / "m.h5");
    CHECK(back.kind() == MappingKind::sparse);
    REQUIRE(std::ssize(back.members) == members);
    for (std::size_t at = 0; at < back.members.size(); ++at) {
      const auto& theirs = std::get<FittedMapping>(model.members[at]);
      const auto& ours = std::get<FittedMapping>(back.members[at]);
      CHECK(ours.mapping.checksum(back.genes) == theirs.mapping.checksum(model.genes));
      CHECK(ours.record.seed == theirs.record.seed);
      CHECK(ours.record.cells == 77);
      CHECK(ours.record.factors == 2);
      CHECK(ours.record.effects == theirs.mapping.effects_count());
      CHECK(ours.record.cross_validated_distance == 0.125);
      CHECK(ours.record.penalties == theirs.record.penalties);
    }
  }
}

TEST_CASE("damaged sparse mappings are refused, not used") {
  const testing::TemporaryFolder folder;
  const auto damaged = [&](const char* array, std::int64_t at, auto value) {
    save(folder / "m.h5", sparse_model(1));
    change(folder / "m.h5", array, at, value);
    CHECK_THROWS_AS(read_model(folder / "m.h5"), InputError);
  };
  damaged("indices", 0, std::int32_t{6});
  damaged("indices", 0, std::int32_t{-1});
  damaged("indptr", 6, std::int64_t{3});
  damaged("indptr", 2, std::int64_t{-5});
  damaged("floor", 2, 0.0);
  damaged("floor", 2, std::nan(""));
  damaged("floor", 2, HUGE_VAL);
  damaged("offset", 0, std::nan(""));
  damaged("data", 0, std::nan(""));
  damaged("data", 0, 1e61);  // sums and products of such overflow
  damaged("floor", 2, 1e-61);
  damaged("offset", 2, 0.25);
}

namespace {

/// A model that needs a batch of three categories, and a depth.
Model model_with_covariates(std::int64_t members) {
  Model model = sparse_model(0);
  for (std::int64_t member = 0; member < members; ++member) {
    SparseRecord record;
    record.penalties.assign(6, 0.5F);
    model.members.emplace_back(FittedMapping{
        testing::random_sparse(6, 2, 0.4, 60 + static_cast<std::uint64_t>(member), 3).mapping(), record});
  }
  model.covariates = {{"batch", {"b0", "b2", "b1"}}, {"depth", {}, 2.5, 0.75}};
  model.provenance.covariates = "batch (b0, b2, b1), depth (mean 2.5, sd 0.75)";
  model.provenance.covariates_checksum = "crc64:1";
  model.provenance.model_checksum = checksum_of(model);
  return model;
}

}  // namespace

TEST_CASE("covariates come back as they were, and are part of what a model is") {
  const testing::TemporaryFolder folder;
  for (const std::int64_t members : {1, 2}) {
    const Model model = model_with_covariates(members);
    save(folder / "m.h5", model);
    const Model back = read_model(folder / "m.h5");
    CHECK(back.covariates == model.covariates);
    CHECK(back.provenance.covariates == model.provenance.covariates);
    CHECK(back.provenance.covariates_checksum == "crc64:1");
    for (std::size_t at = 0; at < back.members.size(); ++at)
      CHECK(std::get<FittedMapping>(back.members[at]).mapping.checksum(back.genes) ==
            std::get<FittedMapping>(model.members[at]).mapping.checksum(model.genes));
    Model other = model_with_covariates(members);
    other.covariates[1].mean = 2.25;
    CHECK(checksum_of(other) != checksum_of(model));
    std::swap(other.covariates[0].categories[0], other.covariates[0].categories[1]);
    CHECK(checksum_of(other) != checksum_of(model));
  }
  save(folder / "m.h5", sparse_model(1));
  CHECK(read_model(folder / "m.h5").covariates.empty());
}

TEST_CASE("covariates that do not fit their mapping are refused") {
  const testing::TemporaryFolder folder;
  const auto refused = [&](auto spoil, const char* words) {
    Model model = model_with_covariates(1);
    spoil(model);
    model.provenance.model_checksum = checksum_of(model);
    save(folder / "m.h5", model);
    CHECK_THROWS_WITH(read_model(folder / "m.h5"), Catch::Contains(words));
  };
  refused([](Model& model) { model.covariates.pop_back(); }, "responses are not to the covariates");
  refused([](Model& model) { model.covariates.clear(); }, "responses are not to the covariates");
  refused([](Model& model) { model.covariates[1].sd = 0; }, "covariate 1 is impossible");
  refused([](Model& model) { model.covariates[1].mean = std::nan(""); }, "covariate 1 is impossible");
  refused([](Model& model) { model.covariates[0].categories[1] = "b0"; }, "covariate 0 is impossible");
  refused([](Model& model) { model.covariates[1].title = "batch"; }, "inconsistent");
  save(folder / "m.h5", model_with_covariates(1));
  {
    hdf5::File file = hdf5::File::open(folder / "m.h5", hdf5::Access::write);
    const std::vector<std::int64_t> start{5};
    file.group("covariates").dataset("starts").write<std::int64_t>(1, start);
    file.close();
  }
  CHECK_THROWS_WITH(read_model(folder / "m.h5"), Catch::Contains("inconsistent"));
  Model dense = some_model();
  dense.covariates = {{"depth"}};
  dense.provenance.model_checksum = checksum_of(dense);
  save(folder / "m.h5", dense);
  CHECK_THROWS_WITH(read_model(folder / "m.h5"), Catch::Contains("is a mapping without covariates"));
}

TEST_CASE("predicted profiles are those of each cell's own covariates") {
  const Model model = model_with_covariates(1);
  const testing::PlainSparse plain = testing::random_sparse(6, 2, 0.4, 60, 3);
  const std::vector<double> values{1, 0, -0.5, 0, 1, 2};
  const RelativeProfiles profiles =
      testing::random_matrix(2, 6, 0.8, 61).with_covariates(model.covariates, values).relative_profiles();
  const std::vector<float> predicted = predict_profiles(model, profiles, std::vector<std::int64_t>{1, 0});
  for (const std::size_t row : {0UL, 1UL}) {
    const auto cell = static_cast<std::int64_t>(1 - row);
    const std::vector<double> right = plain.profile(profiles.expressed(cell), {}, profiles.covariates(cell));
    for (std::size_t gene = 0; gene < 6; ++gene)
      CHECK(static_cast<double>(predicted[6 * row + gene]) == Approx(right[gene]).epsilon(1e-6));
  }
}

TEST_CASE("an ensemble predicts the mean of its members' profiles") {
  const auto matrix = testing::random_matrix(5, 6, 0.8, 12).relative_profiles();
  const auto cells = testing::all_cells(matrix);
  const Model model = sparse_model(3);
  const std::vector<float> predicted = predict_profiles(model, matrix, cells);
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const auto expressed = matrix.expressed(cells[cell]);
    for (std::int32_t gene = 0; gene < 6; ++gene) {
      double mean = 0;
      for (std::uint64_t member = 0; member < 3; ++member) {
        mean += testing::random_sparse(6, 2, 0.4, 50 + member)
                    .profile(expressed, {})[static_cast<std::size_t>(gene)] /
                3;
      }
      CHECK(static_cast<double>(predicted[cell * 6 + static_cast<std::size_t>(gene)]) ==
            Approx(mean).margin(1e-6));
    }
  }
}
