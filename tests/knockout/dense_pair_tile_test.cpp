#include "knockout/kernels/dense_pair_tile.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"

using namespace dko;

namespace dense_pair_tile_test {

constexpr std::int64_t genes = 261;  // more than a panel, and no whole strip

/// One cell that expresses all genes, some of whose outputs turn their signs where `effect` is large.
struct TiledCell {
  explicit TiledCell(double effect) : mapping(make(effect)), positions(numbers_below<std::int32_t>(genes)) {}

  static CollapsedMapping make(double effect) {
    RandomStream stream(31, "effects");
    std::vector<double> offset;
    for (std::int64_t gene = 0; gene < genes; ++gene) offset.push_back(std::pow(10.0, stream.uniform(-2, 0)));
    std::vector<double> effects;
    for (std::int64_t at = 0; at < genes * genes; ++at)
      effects.push_back(offset[static_cast<std::size_t>(at % genes)] * effect * stream.uniform(-1, 1) *
                        static_cast<double>(genes));
    return {genes, NodeArray(std::move(effects)), NodeArray(std::move(offset))};
  }

  /// All scores of some pairs by a tile that keeps so many numbers of strips.
  PerScore<std::vector<float>> scores(std::int64_t most_kept, EventRange pairs) const {
    DensePairTile tile(best_instruction_set(), most_kept);
    std::vector<double> outputs(genes, 0.0);
    tile.load(mapping, positions, outputs);
    double sum = 0;
    const double scale = 1.0 / static_cast<double>(genes - 2);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      outputs[i] = outputs[i] * scale + mapping.offset()[i];
      sum += std::abs(outputs[i]);
    }
    std::vector<double> profile;
    for (const double output : outputs) profile.push_back(std::abs(output) / sum);
    std::vector<double> along;
    for (std::int64_t i = 0; i < genes; ++i) along.push_back(std::sin(static_cast<double>(i)));
    tile.prepare(outputs, profile, std::vector<double>(genes, scale), along);
    crossing = tile.crossing_rows();
    PerScore<std::vector<float>> values;
    ScoreSpans spans;
    for (const Score score : {Score::impact, Score::network, Score::shift}) {
      values[score].assign(static_cast<std::size_t>(pairs.size()), -1);
      spans[score] = values[score];
    }
    tile.pair_scores(positions, pairs, spans, [](std::int32_t, std::int32_t) { return KnockoutScores{}; });
    return values;
  }

  CollapsedMapping mapping;
  std::vector<std::int32_t> positions;
  mutable std::int64_t crossing = 0;
};

TEST_CASE("pairs have the same bits with strips that are kept and with strips of each panel") {
  const double effect = GENERATE(1e-3, 0.3);
  const TiledCell cell(effect);
  const EventRange all{0, PairIndex::row_start(genes, genes - 1)};
  const auto kept = cell.scores(DensePairTile::usually_kept, all);
  CHECK((cell.crossing > 0) == (effect > 0.01));
  const auto made_anew = cell.scores(0, all);
  for (const Score score : {Score::impact, Score::network, Score::shift})
    CHECK(kept[score] == made_anew[score]);
  // From the middle of one row to that of another, beyond the first panel.
  const EventRange part{PairIndex::row_start(genes, 30) + 50, PairIndex::row_start(genes, 230) + 7};
  for (const std::int64_t most_kept : {std::int64_t{0}, DensePairTile::usually_kept}) {
    const auto of_part = cell.scores(most_kept, part);
    for (const Score score : {Score::impact, Score::network, Score::shift})
      CHECK(std::equal(of_part[score].begin(), of_part[score].end(), kept[score].begin() + part.first));
  }
}

}  // namespace dense_pair_tile_test
