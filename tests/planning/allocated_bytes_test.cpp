// What a job is told to need, compared with what malloc has really given out. Neither the sanitizers'
// allocator nor another libc says how much that is: the tests are then skipped.

#include <malloc.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "dko/base/numbers.hpp"
#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/simulation/synthetic_mapping.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
#include "dko/training/two_layer/trainer.hpp"
#include "support/pair_scores.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Bytes that malloc has given out.
double in_use() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
}

bool is_counted() {
  const double before = in_use();
  const std::vector<char> block(1 << 20);
  return in_use() - before >= static_cast<double>(block.size());
}

/// Holds that `told` covers what is allocated, and is not far above it.
void check_told(double told, double allocated, double most_of_it) {
  INFO("told " << told << ", allocated " << allocated);
  CHECK(allocated <= told);
  CHECK(allocated >= told / most_of_it);
}

}  // namespace

TEST_CASE("a dense kernel takes what it says, when no row and when every row may change its sign") {
  if (!is_counted()) return;
  constexpr std::int64_t genes = 600;
  const bool all_change = GENERATE(false, true);
  // The effects on a gene cancel but for its offset, which a pair may outweigh.
  std::vector<double> effects;
  for (std::int64_t at = 0; at < genes * genes; ++at)
    effects.push_back((at / genes + at % genes) % 2 == 0 ? 1e-3 : -1e-3);
  const CollapsedMapping mapping(genes, NodeArray(std::move(effects)),
                                 NodeArray(std::vector<double>(genes, all_change ? 1e-9 : 1.0)));
  const auto positions = numbers_below<std::int32_t>(genes);
  const EventRange pairs{0, PairIndex::row_start(genes, 300)};
  std::vector<float> impacts(static_cast<std::size_t>(pairs.size()));
  const double before = in_use();
  DenseCellKernel kernel(mapping);
  kernel.load(positions);
  ScoreSpans scores;
  scores.impact = impacts;
  kernel.pair_scores(positions, pairs, scores);
  CHECK(kernel.crossing_rows() == (all_change ? genes : 0));
  // Half of what is told is for rows that may change their sign.
  check_told(DenseCellKernel::bytes(genes), in_use() - before, all_change ? 1.3 : 2.2);
}

TEST_CASE("a sparse kernel takes what it says") {
  if (!is_counted()) return;
  constexpr std::int64_t genes = 3000;
  constexpr std::int64_t of_column = 40;
  const SparseMapping mapping = make_sparse_mapping(genes, of_column, 1);
  const double before = in_use();
  SparseCellKernel kernel(mapping);
  kernel.load(numbers_below<std::int32_t>(genes));
  const testing::PairScores pairs(kernel, 40);
  check_told(SparseCellKernel::bytes(genes, genes, genes * of_column), in_use() - before, 2.5);
}

TEST_CASE("a mapping takes what it says") {
  if (!is_counted()) return;
  const double before = in_use();
  const SparseMapping sparse = make_sparse_mapping(2000, 30, 1);
  // Its vectors grew while it was made.
  const double told = SparseMapping::bytes(sparse.genes(), static_cast<double>(sparse.effects_count()), 0);
  check_told(1.2 * told, in_use() - before, 1.5);
  const double before_dense = in_use();
  const CollapsedMapping dense = make_dense_mapping(500, 0.1, 1);
  check_told(CollapsedMapping::bytes_of_dense(500) + 4096, in_use() - before_dense, 1.1);
}

TEST_CASE("decoys of a mapping's effects take what they say, on rank 0 for good") {
  if (!is_counted()) return;
  constexpr std::int64_t genes = 300;
  const RelativeProfiles profiles = make_profiles(150, genes, 150, 1);
  const SparseMapping mapping = make_sparse_mapping(genes, 20, 1);
  const auto cells = numbers_below<std::int64_t>(150);
  EffectQuality quality = find_q_values(profiles, cells, mapping, 1, 1, testing::world());
  std::vector<DecoyEffects>& decoys = quality.q_values.decoys;
  REQUIRE(std::ssize(decoys) == (testing::world().is_root() ? decoy_draws : 0));
  if (decoys.empty()) return;
  const double before = in_use();
  decoys.clear();
  decoys.shrink_to_fit();
  const auto effects = static_cast<double>(mapping.effects_count());
  constexpr double of_arrays = 4096;  // what malloc keeps beside each
  check_told(decoy_bytes(genes, effects, 1).kept + of_arrays, before - in_use(), 1.5);
}

TEST_CASE(
    "decoys are told where they are held, while they are found, and while shifts are compared with them") {
  const ExpressionMatrix matrix = testing::random_matrix(80, 40, 0.5, 1);
  ModelOptions options;
  options.kind = MappingKind::sparse;
  const Split split = split_cells(matrix, 0.25, 0, {}, 1);
  const auto part = [](const std::vector<MemoryPart>& parts, const char* what) {
    const auto found = std::find_if(parts.begin(), parts.end(),
                                    [what](const MemoryPart& one) { return std::string(one.what) == what; });
    return found == parts.end() ? 0.0 : found->bytes;
  };
  const auto trained = [&] {
    return part(training_memory(matrix, split, options, 4, 4).on_one_rank, "decoys");
  };
  const double of_one = trained();
  CHECK(of_one > decoy_draws * decoy_draw_bytes(40, most_effects(matrix)));
  options.members = 3;
  CHECK(trained() > 2.9 * of_one);
  options.fdr = 0.1;  // they go with each mapping; three groups of ranks have one at a time
  CHECK(trained() == Approx(3 * of_one));
  options.members = 8;
  CHECK(trained() == Approx(4 * of_one));
  options.fdr = 1;
  ScreenPlan plan{select_targets(matrix), both_scores, ScoreSet(), {}};
  const auto screened = [&] { return screen_memory(matrix, plan, model_footprint(options, matrix)); };
  CHECK(part(screened().per_node, "decoys") == 0);
  plan.from_to = FromTo{"a", "b", {0}, {1}, {}};
  CHECK(part(screened().per_node, "decoys") == decoy_draws * bytes_of_largest_sparse(matrix));
  CHECK(part(screened().on_one_rank, "decoys to compare with") >
        8 * decoy_draws * decoy_draw_bytes(40, most_effects(matrix)));
  options.levels = true;  // whether a gene enters by its level, and there are none, is not known yet
  CHECK(trained() > 0);
  CHECK(part(screened().per_node, "decoys") > 0);
}

TEST_CASE("a training takes what it says") {
  if (!is_counted()) return;
  const RelativeProfiles profiles = make_profiles(400, 700, 150, 1);
  const Split split = split_cells(profiles, 0.25, 0, {}, 1);
  TrainingOptions options;
  options.batch = 20;
  options.hidden = 700;
  options.parallel = ParallelForm::sharded;
  const TrainingSize size = training_size(profiles, split, options);
  const TrainingBytes told = Trainer::bytes(size, ParallelForm::sharded, 1);
  const double before = in_use();
  Trainer trainer(profiles, split, options, testing::world());
  for (int step = 0; step < 5; ++step) trainer.step();
  // Beside what is told, of any training: room that sets large arrays apart.
  constexpr double set_apart = 6e6;
  check_told(told.total() + set_apart, in_use() - before, 1.3);
}

TEST_CASE("computing A takes 2HN² operations, and tiles of it") {
  CHECK(CollapsedMapping::operations_to_compute({100, 30}) == 2.0 * 30 * 100 * 100);
  CHECK(CollapsedMapping::bytes_to_compute({100, 30}) == 8.0 * 30 * (100 + 100));
}

TEST_CASE("a sparse fit is told by its presence, its cells and the products of its candidates") {
  const ExpressionMatrix matrix = testing::random_matrix(80, 40, 0.5, 1);
  const double of_one = sparse_fit_bytes(matrix, 1);
  const double of_four = sparse_fit_bytes(matrix, 4);
  CHECK(of_one - of_four == Approx(16.0 * static_cast<double>(matrix.nonzeros()) * 3 / 4));
  CHECK(of_four > 2 * 80 * 40 / 8 + 6 * 2 * 2.25 * 4 * 40 * 40);
  CHECK(sparse_node_bytes(matrix) == 2 * 80 * 40 / 8);
  // What is collected of the weights, and once more as rows.
  CHECK(fit_saving_bytes(matrix, 1) - fit_saving_bytes(matrix, 4) ==
        Approx(8.0 * static_cast<double>(matrix.nonzeros()) * 3 / 4));
}

TEST_CASE("covariates and levels are told in a sparse fit, q-values and the data") {
  const ExpressionMatrix matrix = testing::random_matrix(80, 40, 0.5, 1);
  constexpr std::int64_t width = 5;
  const Covariate batch{"batch", {"a", "b", "c", "d", "e", "f"}, 0, 1};
  REQUIRE(covariate_width({batch}) == width);
  const ExpressionMatrix batched = matrix.with_covariates({batch}, std::vector<double>(80 * width, 0.0));
  // Four columns in single precision of each number, at least, and two in double precision.
  CHECK(sparse_fit_bytes(batched, 1) - sparse_fit_bytes(matrix, 1) > 80 * width * 4 * 4);
  CHECK(q_values_bytes(batched, 1) - q_values_bytes(matrix, 1) == Approx(80 * width * 20));
  const auto node_bytes = [](const ExpressionMatrix& data) {
    return data_memory("fitting", data).node_bytes();
  };
  CHECK(node_bytes(batched) - node_bytes(matrix) == Approx(80 * width * 8));
  const auto nonzeros = static_cast<double>(matrix.nonzeros());
  CHECK(sparse_fit_bytes(matrix, 1, true) - sparse_fit_bytes(matrix, 1) >= 2 * 4 * 40 * 80);
  CHECK(sparse_node_bytes(matrix, true) - sparse_node_bytes(matrix) == 8 * nonzeros + 8 * 80);
  const double shared_out = q_values_bytes(matrix, 1) - q_values_bytes(matrix, 4);
  CHECK(shared_out > 12 * nonzeros * 3 / 4);
  CHECK(shared_out < (12 * nonzeros + 256 * 40) * 3 / 4);
}

TEST_CASE("a node holds the presence of those groups of ranks that have a part on it") {
  const ExpressionMatrix matrix = testing::random_matrix(80, 40, 0.5, 1);
  ModelOptions options;
  options.kind = MappingKind::sparse;
  const Split split = split_cells(matrix, 0.25, 0, {}, 1);
  const auto presence_of = [&](int ranks, int ranks_of_node, bool on_node) {
    const MemoryNeed need = training_memory(matrix, split, options, ranks, ranks_of_node);
    double bytes = 0;
    for (const MemoryPart& part : on_node ? need.per_node : need.per_rank)
      if (std::string(part.what) == "presence") bytes += part.bytes;
    return bytes / sparse_node_bytes(matrix);
  };
  CHECK(presence_of(4, 4, true) == 1);
  options.members = 64;
  CHECK(presence_of(4096, 64, true) == 2);
  CHECK(presence_of(256, 64, true) == 17);
  CHECK(presence_of(64, 64, true) == 0);  // each rank is a group of its own
  CHECK(presence_of(64, 64, false) == 1);
}
