// On every number of ranks: a sparse fit that goes on from a file ends as one that was not stopped.
#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <limits>
#include <thread>

#include "dko/hdf5/file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "support/testing.hpp"
#include "training/sparse/dealt_table.hpp"

using namespace dko;

namespace parallel_fit_checkpoint_test {

const RelativeProfiles& profiles() {
  static const RelativeProfiles matrix = testing::random_matrix(150, 60, 0.6, 93).relative_profiles();
  return matrix;
}

/// With a prior: some pairs of genes.
ModelOptions options_of_fit(bool has_prior = true) {
  ModelOptions options;
  options.kind = MappingKind::sparse;
  options.training.validation = 0;
  if (!has_prior) return options;
  for (std::int32_t target = 0; target < 40; ++target) {
    options.prior.targets.push_back(target);
    options.prior.regulators.push_back(target + 1);
    options.prior.weights.push_back(1);
    options.prior.signs.push_back(0);
  }
  options.prior.checksum = "some pairs";
  return options;
}

FittedMapping fit(const ModelOptions& options, const Communicator& ranks) {
  const Split split = split_cells(profiles(), 0, 0, {}, options.training.seed);
  AtRoot<std::vector<Member>> members = make_members(profiles(), split, options, ranks);
  return members.is_here() ? std::get<FittedMapping>(members->front()) : FittedMapping();
}

/// Ends with no value if the fit was stopped. The `calls`-th time that a rank is asked it wants to.
std::optional<FittedMapping> fit_or_stop(ModelOptions options, int calls, const Communicator& ranks) {
  int asked = 0;
  options.checkpoint.resume = true;
  options.checkpoint.stop = [&] { return ++asked >= calls; };
  try {
    return fit(options, ranks);
  } catch (const CollectiveFailure& failure) {
    CHECK(failure.code() == ExitCode::stopped);
    return std::nullopt;
  }
}

void check_same(const FittedMapping& x, const FittedMapping& y) {
  const auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  CHECK(same(x.mapping.rows(), y.mapping.rows()));
  CHECK(same(x.mapping.effects(), y.mapping.effects()));
  CHECK(same(x.mapping.offset(), y.mapping.offset()));
  CHECK(same(x.mapping.loadings(), y.mapping.loadings()));
  CHECK(same(x.mapping.responses(), y.mapping.responses()));
  CHECK(x.record.penalties == y.record.penalties);
  CHECK(x.record.prior_factor == y.record.prior_factor);
  CHECK(x.record.cross_validated_distance == y.record.cross_validated_distance);
  CHECK(x.q_values.effects == y.q_values.effects);
}

void check_refused(const ModelOptions& options, const char* words,
                   const Communicator& ranks = testing::world()) {
  try {
    fit(options, ranks);
  } catch (const CollectiveFailure& failure) {
    CHECK(failure.code() == ExitCode::input);
    CHECK_THAT(failure.what(), Catch::Contains(words));
    return;
  }
  FAIL("was not refused: " << words);
}

/// The file of a fit that was stopped after some of its pieces.
ModelOptions stopped_fit(const std::filesystem::path& file) {
  ModelOptions options = options_of_fit(false);
  options.checkpoint.file = file;
  CHECK_FALSE(fit_or_stop(options, 2, testing::world()));
  options.checkpoint.resume = true;
  return options;
}

/// On each rank alone: the file of a fit that was stopped soon after its `pieces`-th piece.
ModelOptions fit_stopped_at(std::int64_t pieces, bool has_prior, const std::filesystem::path& file) {
  ModelOptions options = options_of_fit(has_prior);
  options.checkpoint.file = file;
  options.checkpoint.every = 1000;
  ModelOptions stopped = options;
  std::int64_t done = 0;
  stopped.checkpoint.stop = [&] { return done >= pieces; };
  const ProgressCallback progress = [&](std::int64_t, std::int64_t) {
    if (++done >= pieces)
      std::this_thread::sleep_for(std::chrono::milliseconds(25));  // a vote looks so often
  };
  const Split split = split_cells(profiles(), 0, 0, {}, options.training.seed);
  CHECK_THROWS_AS(make_members(profiles(), split, stopped, Communicator::one_rank(), progress),
                  CollectiveFailure);
  options.checkpoint.resume = true;
  return options;
}

constexpr std::int64_t genes = 60;
constexpr std::int64_t fits_of_factors = 5 * genes;
constexpr std::int64_t fits_of_prior = 5 * 40;

std::int64_t stage_of(const std::filesystem::path& file) {
  return hdf5::File::open(file, hdf5::Access::read).group("fit").integer_attribute("stage");
}

void check_refused_alone(const ModelOptions& options, const char* words) {
  check_refused(options, words, Communicator::one_rank());
}

TEST_CASE("a fit that is stopped again and again ends with the same bits, on other ranks too") {
  const testing::SharedFolder folder;
  ModelOptions options = options_of_fit();
  const FittedMapping expected = fit(options, testing::world());
  options.checkpoint.file = folder / "c";
  options.checkpoint.every = 1000;
  std::int64_t last = -1;
  int stops = 0;
  std::optional<FittedMapping> found;
  while (!found && stops < 4) {
    found = fit_or_stop(options, 2, testing::world());
    if (found) break;
    ++stops;
    const hdf5::File file = hdf5::File::open(folder / "c", hdf5::Access::read);
    const FitProgress progress = fit_progress(file);
    CHECK(progress.fits > last);
    CHECK(progress.fits <= progress.of);
    last = progress.fits;
    testing::world().barrier();
  }
  CHECK(stops > 0);
  if (testing::world().is_root()) {
    std::filesystem::copy_file(folder / "c", folder / "alone");
    ModelOptions alone = options;
    alone.checkpoint.file = folder / "alone";
    alone.checkpoint.resume = true;
    check_same(fit(alone, Communicator::one_rank()), expected);
  }
  options.checkpoint.resume = true;
  if (!found) found = fit(options, testing::world());
  if (testing::world().is_root()) check_same(*found, expected);
}

TEST_CASE("a fit is saved now and then, and at its end where that is asked for") {
  const testing::SharedFolder folder;
  ModelOptions options = options_of_fit(false);
  const FittedMapping expected = fit(options, testing::world());
  options.checkpoint.file = folder / "c";
  options.checkpoint.every = 0;
  options.checkpoint.save_last = true;
  std::vector<std::int64_t> saved;
  options.checkpoint.on_save = [&](const auto&, std::int64_t fits, double) { saved.push_back(fits); };
  const FittedMapping found = fit(options, testing::world());
  if (testing::world().is_root()) {
    check_same(found, expected);
    CHECK(std::is_sorted(saved.begin(), saved.end()));
    CHECK(saved.back() == 5 * 60 + 3 * 60);
  }
  // Of the finished one no gene is fitted again, and nothing is written.
  saved.clear();
  options.checkpoint.resume = true;
  std::int64_t resumed = 0;
  options.checkpoint.on_resume = [&](const auto&, std::int64_t fits, std::int64_t) { resumed = fits; };
  const FittedMapping again = fit(options, testing::world());
  CHECK(saved.empty());
  if (testing::world().is_root()) {
    check_same(again, expected);
    CHECK(resumed == 5 * 60 + 3 * 60);
  }
  // Effects are left out by their q-values when it is done: it goes on with any greatest q-value.
  options.fdr = 0.5;
  CHECK(fit(options, testing::world()).record.fdr == (testing::world().is_root() ? 0.5 : 1));
}

TEST_CASE("the file of another fit, or one that lacks something, is refused") {
  const testing::SharedFolder folder;
  ModelOptions options = stopped_fit(folder / "c");
  const auto with = [&](auto change) {
    ModelOptions other = options;
    change(other);
    return other;
  };
  check_refused(with([](ModelOptions& other) { other.training.seed = 2; }), "seed was 1 and is 2 now");
  check_refused(with([](ModelOptions& other) { other.prior.checksum = "others"; }), "another prior");
  check_refused(with([](ModelOptions& other) { other.level_genes = {3}; }), "enter by their level");
  const auto damage = [&](const std::string& attribute, std::int64_t value) {
    if (testing::world().is_root()) {
      hdf5::File file = hdf5::File::open(folder / "c", hdf5::Access::write);
      hdf5::Location group = file.group("fit");
      group.set(attribute, value);
      file.close();
    }
    testing::world().barrier();
  };
  damage("method", fit_method + 1);
  check_refused(options, "by another version's method");
  damage("method", fit_method);
  damage("stage", 4);
  check_refused(options, "is corrupt");
  damage("stage", 17);
  check_refused(options, "is corrupt");
  damage("components", -1);
  check_refused(options, "is corrupt");
}

TEST_CASE("without a weight that is still needed a fit is refused", "[alone]") {
  const testing::TemporaryFolder folder;
  struct Place {
    std::int64_t pieces;
    std::int64_t stage;
  };
  for (const Place place :
       {Place{fits_of_factors + genes + 5, 3}, Place{fits_of_factors + 2 * genes + 5, 4}}) {
    const ModelOptions options = fit_stopped_at(place.pieces, false, folder / "c");
    REQUIRE(stage_of(folder / "c") == place.stage);
    const hid_t file = H5Fopen((folder / "c").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    CHECK(H5Ldelete(file, "weights", H5P_DEFAULT) >= 0);
    CHECK(H5Fclose(file) >= 0);
    const std::string words = fmt::format("c: the checkpoint is incomplete for stage {} ", place.stage);
    check_refused_alone(options, words.c_str());
    std::filesystem::remove(folder / "c");
  }
}

TEST_CASE("another number of factors, or factor of the prior, is refused as corrupt", "[alone]") {
  const testing::TemporaryFolder folder;
  const ModelOptions options = fit_stopped_at(fits_of_factors + fits_of_prior + 5, true, folder / "c");
  REQUIRE(stage_of(folder / "c") == 2);
  const auto check_other = [&](const char* attribute, auto then, auto value) {
    const auto set = [&](auto to) {
      hdf5::File file = hdf5::File::open(folder / "c", hdf5::Access::write);
      hdf5::Location group = file.group("fit");
      group.set(attribute, to);
      file.close();
    };
    set(value);
    check_refused_alone(options, "is corrupt");
    set(then);
  };
  std::int64_t factors = 0;
  double prior_factor = 0;
  {
    const hdf5::File file = hdf5::File::open(folder / "c", hdf5::Access::read);
    factors = file.group("fit").integer_attribute("factors");
    prior_factor = file.group("fit").real_attribute("prior_factor");
  }
  check_other("factors", factors, factors + 1);
  check_other("prior_factor", prior_factor, prior_factor / 2);
  check_other("stage", std::int64_t{2}, std::int64_t{1});
  fit(options, Communicator::one_rank());
}

TEST_CASE("a byte of a gene's fit, or of its checksum, that is another is refused, array and gene named",
          "[alone]") {
  const testing::TemporaryFolder folder;
  const ModelOptions options = fit_stopped_at(fits_of_factors + genes + 5, false, folder / "c");
  REQUIRE(stage_of(folder / "c") == 3);
  const auto check_flipped = [&](const std::string& group, const char* array, auto type) {
    const auto flip = [&] {
      hdf5::File file = hdf5::File::open(folder / "c", hdf5::Access::write);
      hdf5::Dataset dataset = file.group(group).dataset(array);
      std::vector<decltype(type)> value(1);
      dataset.read(0, std::span(value));
      reinterpret_cast<unsigned char*>(value.data())[1] ^= 1;
      dataset.write(0, std::span<const decltype(type)>(value));
      file.close();
    };
    flip();
    check_refused_alone(options, ("c:/" + group + "/values: the checksum of gene ").c_str());
    flip();
  };
  for (const std::string group : {"last", "now"}) check_flipped(group, "values", 0.0);
  check_flipped("weights", "values", 0.0F);
  for (const std::string group : {"last", "now", "weights"})
    check_flipped(group, "checksums", std::uint64_t{0});
  fit(options, Communicator::one_rank());
}

TEST_CASE("a result that is no number is known") {
  DealtTable table(2, 2, Communicator::one_rank());
  CHECK(table.known() == 0);
  table.set(1, 0, std::numeric_limits<double>::quiet_NaN());
  table.set(1, 1, 3);
  CHECK(table.known() == 2);
  DealtTable again(2, 2, Communicator::one_rank());
  again.take(table.all(Communicator::one_rank()));
  CHECK(again.is_known(1, 0));
  CHECK(again.is_known(1, 1));
  CHECK_FALSE(again.is_known(0, 1));
}

}  // namespace parallel_fit_checkpoint_test
