#include "dko/evaluation/perturbed/predicted_losses.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "dko/base/numbers.hpp"
#include "dko/metrics/ridge.hpp"
#include "support/screens.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

constexpr std::int64_t genes = 20;
constexpr std::int64_t cells = 60;

/// Random cells, their depths, and what is lost.
struct Setting {
  ExpressionMatrix data = testing::random_matrix(cells, genes, 0.6, 7);
  RelativeProfiles profiles = data.relative_profiles();
  std::vector<CollapsedMapping> members{};
  std::vector<double> depths{};
  std::vector<std::int32_t> lost{3, 5};

  Setting() {
    for (std::int64_t cell = 0; cell < cells; ++cell) {
      const auto values = data.values(cell);
      depths.push_back(std::accumulate(values.begin(), values.end(), 0.0));
    }
  }
  LossQuestion question(const PerturbationKind& kind = {}) const {
    return {profiles, members, depths, lost, 1, testing::world(), Base::fitted, kind};
  }
  double share(std::int64_t cell, std::int32_t gene) const {
    return static_cast<double>(profiles.value(cell, gene));
  }
  /// Without a gene, rescaled.
  double share_without(std::int64_t cell, std::int32_t gene, std::int32_t lost_gene) const {
    return gene == lost_gene ? 0 : share(cell, gene) / (1 - share(cell, lost_gene));
  }
};

}  // namespace

TEST_CASE("co-expression follows the regression line of shares to zero") {
  const Setting setting;
  const PredictedLosses losses = losses_by_coexpression(setting.question());
  CHECK_FALSE(losses.by_presence);
  for (std::size_t at = 0; at < setting.lost.size(); ++at) {
    const std::int32_t lost = setting.lost[at];
    CHECK(std::isnan(losses.changes[at][static_cast<std::size_t>(lost)]));
    for (std::int32_t gene = 0; gene < genes; ++gene) {
      if (gene == lost) continue;
      double x = 0, y = 0, xx = 0, xy = 0;
      for (std::int64_t cell = 0; cell < cells; ++cell) {
        x += setting.share(cell, lost) / cells;
        y += setting.share(cell, gene) / cells;
      }
      for (std::int64_t cell = 0; cell < cells; ++cell) {
        const double off = setting.share(cell, lost) - x;
        xx += off * off;
        xy += off * (setting.share(cell, gene) - y);
      }
      CHECK(losses.changes[at][static_cast<std::size_t>(gene)] ==
            Approx(-xy / xx * x / y / std::log(2.0)).margin(1e-9));
    }
  }
}

TEST_CASE("rescaling alone divides by what is left") {
  const Setting setting;
  const PredictedLosses losses = losses_by_rescaling(setting.question());
  const std::int32_t lost = setting.lost[0];
  for (std::int32_t gene = 0; gene < genes; ++gene) {
    double before = 0, after = 0;
    for (std::int64_t cell = 0; cell < cells; ++cell) {
      if (!setting.profiles.expresses(cell, lost) || setting.profiles.expressed_count(cell) < 2) continue;
      before += setting.share(cell, gene);
      after += setting.share_without(cell, gene, lost);
    }
    if (gene == lost) continue;
    CHECK(losses.changes[0][static_cast<std::size_t>(gene)] ==
          Approx(std::log2(after / before)).margin(1e-6));
    CHECK(losses.changes[0][static_cast<std::size_t>(gene)] > 0);
  }
}

TEST_CASE("contrasts weigh the cells of each class of depth") {
  const Setting setting;
  const PredictedLosses losses = losses_by_contrast(setting.question());
  CHECK(losses.by_presence);
  const std::int32_t lost = setting.lost[1];
  auto order = numbers_below<std::int64_t>(cells);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return setting.depths[static_cast<std::size_t>(a)] < setting.depths[static_cast<std::size_t>(b)];
  });
  std::vector<double> before(genes, 0.0), after(genes, 0.0);
  for (std::int64_t first = 0; first < cells; first += cells / 10) {
    std::vector<std::int64_t> with, without;
    for (std::int64_t at = first; at < first + cells / 10; ++at)
      (setting.profiles.expresses(order[static_cast<std::size_t>(at)], lost) ? with : without)
          .push_back(order[static_cast<std::size_t>(at)]);
    if (with.empty() || without.empty()) continue;
    const double weight = static_cast<double>(without.size()) / static_cast<double>(with.size());
    for (std::int32_t gene = 0; gene < genes; ++gene) {
      for (const std::int64_t cell : with)
        before[static_cast<std::size_t>(gene)] += weight * setting.share_without(cell, gene, lost);
      for (const std::int64_t cell : without)
        after[static_cast<std::size_t>(gene)] += setting.share(cell, gene);
    }
  }
  for (std::size_t gene = 0; gene < genes; ++gene) {
    if (static_cast<std::int32_t>(gene) != lost)
      CHECK(losses.changes[1][gene] == Approx(std::log2(after[gene] / before[gene])).margin(1e-5));
  }
}

TEST_CASE("neighbours replace a cell by the nearest ones that lack the gene") {
  const Setting setting;
  const PredictedLosses losses = losses_by_neighbours(setting.question());
  const std::int32_t lost = setting.lost[0];
  const auto distance = [&](std::int64_t a, std::int64_t b) {
    int different = 0;
    for (std::int32_t gene = 0; gene < genes; ++gene)
      different += setting.profiles.expresses(a, gene) != setting.profiles.expresses(b, gene);
    return different;
  };
  std::vector<double> before(genes, 0.0), after(genes, 0.0);
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    if (!setting.profiles.expresses(cell, lost) || setting.profiles.expressed_count(cell) < 2) continue;
    std::vector<std::pair<int, std::int64_t>> others;
    for (std::int64_t other = 0; other < cells; ++other) {
      if (!setting.profiles.expresses(other, lost) && setting.profiles.expressed_count(other) > 0)
        others.emplace_back(distance(cell, other), other);
    }
    std::sort(others.begin(), others.end());
    for (std::size_t gene = 0; gene < genes; ++gene) {
      before[gene] += setting.share_without(cell, static_cast<std::int32_t>(gene), lost);
      for (std::size_t at = 0; at < 10; ++at)
        after[gene] += setting.share(others[at].second, static_cast<std::int32_t>(gene)) / 10;
    }
  }
  for (std::size_t gene = 0; gene < genes; ++gene) {
    if (static_cast<std::int32_t>(gene) != lost)
      CHECK(losses.changes[0][gene] == Approx(std::log2(after[gene] / before[gene])).margin(1e-5));
  }
}

TEST_CASE("contrasts of an activation lead back, those of a knockdown a part of the way") {
  const Setting setting;
  const PredictedLosses lost = losses_by_contrast(setting.question());
  const PredictedLosses added = losses_by_contrast(setting.question({true, 0}));
  const PredictedLosses reduced = losses_by_contrast(setting.question({false, 0.25}));
  CHECK(lost.name != added.name);
  for (std::size_t at = 0; at < setting.lost.size(); ++at) {
    for (std::size_t gene = 0; gene < genes; ++gene) {
      if (static_cast<std::int32_t>(gene) == setting.lost[at]) continue;
      CHECK(added.changes[at][gene] == Approx(-lost.changes[at][gene]).margin(2e-9));
      const double part = std::log2(0.25 + 0.75 * std::exp2(lost.changes[at][gene]));
      CHECK(reduced.changes[at][gene] == Approx(part).margin(2e-9));
    }
  }
}

TEST_CASE("the line of co-expression ends at the cells that have the gene, or at what a knockdown leaves") {
  const Setting setting;
  const PredictedLosses lost = losses_by_coexpression(setting.question());
  const PredictedLosses added = losses_by_coexpression(setting.question({true, 0}));
  const PredictedLosses reduced = losses_by_coexpression(setting.question({false, 0.25}));
  double sum = 0, having = 0;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    sum += setting.share(cell, setting.lost[0]);
    having += setting.profiles.expresses(cell, setting.lost[0]) ? 1 : 0;
  }
  const double way = (sum / having - sum / cells) / (sum / cells);
  for (std::size_t gene = 0; gene < genes; ++gene) {
    if (static_cast<std::int32_t>(gene) == setting.lost[0]) continue;
    CHECK(added.changes[0][gene] == Approx(-way * lost.changes[0][gene]).margin(1e-8));
    CHECK(reduced.changes[0][gene] == Approx(0.75 * lost.changes[0][gene]).margin(2e-9));
  }
}

TEST_CASE("direct effects are those of the lost gene's column alone") {
  // Gene 3 raises gene 0 and lowers gene 6; nothing else depends on it.
  Setting setting;
  SparseMappingParts parts;
  parts.starts.assign(genes + 1, 2);
  std::fill_n(parts.starts.begin(), 4, 0);
  parts.rows = {0, 6};
  parts.effects = {0.5, -0.25};
  parts.offset.assign(genes, 1.0);
  parts.floor.assign(genes, 1e-3);
  setting.members.emplace_back(SparseMapping(std::move(parts)));
  const PredictedLosses direct = direct_losses(setting.question());
  for (std::size_t gene = 0; gene < genes; ++gene) {
    if (gene == 3) continue;
    const double expected = gene == 0 ? std::log2(1 / 1.5) : gene == 6 ? std::log2(1 / 0.75) : 0.0;
    CHECK(direct.changes[0][gene] == Approx(expected).margin(0.05));
    if (gene != 0 && gene != 6) CHECK(direct.changes[0][gene] == 0);
    CHECK((gene == 5 || direct.changes[1][gene] == 0));  // gene 5 does nothing
  }
  const PredictedLosses all = losses_by_mapping(setting.question());
  CHECK(all.changes[0][1] != 0);  // rescaled
  const PredictedLosses added = direct_losses(setting.question({true, 0}));
  const PredictedLosses reduced = direct_losses(setting.question({false, 0.5}));
  for (std::size_t gene = 0; gene < genes; ++gene) {
    if (gene == 3) continue;
    const double on = gene == 0 ? std::log2(1.5) : gene == 6 ? std::log2(0.75) : 0.0;
    const double half = gene == 0 ? std::log2(1.25 / 1.5) : gene == 6 ? std::log2(0.875 / 0.75) : 0.0;
    CHECK(added.changes[0][gene] == Approx(on).margin(0.05));
    CHECK(reduced.changes[0][gene] == Approx(half).margin(0.05));
  }
}

TEST_CASE("knockouts by ridge are of the regressions that predict profiles") {
  const Setting setting;
  const auto all = numbers_below<std::int64_t>(cells);
  const CollapsedMapping mapping = ridge_mapping(setting.profiles, all, 1, testing::world());
  const RidgePrediction expected = ridge_profiles(setting.profiles, all, all, 1, testing::world());
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    const auto expressed = setting.profiles.expressed(cell);
    if (expressed.empty()) continue;
    const std::vector<double> profile = mapping.sparse()->profile({expressed});
    for (std::size_t at = 0; at < expressed.size(); ++at)
      CHECK(profile[at] ==
            Approx(expected.profiles[static_cast<std::size_t>(cell * genes + expressed[at])]).margin(1e-5));
  }
  const PredictedLosses losses = losses_by_ridge(setting.question());
  CHECK(losses.changes[0].size() == genes);
}
