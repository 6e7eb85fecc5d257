#include "dko/training/sparse/effect_q_values.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "dko/base/quantile.hpp"
#include "dko/base/random.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
#include "support/plain_scale.hpp"
#include "support/planted.hpp"
#include "support/testing.hpp"
#include "training/sparse/decoys.hpp"

using namespace dko;

namespace {

constexpr std::int32_t genes = 40;
const NodeGroup alone(Communicator::one_rank());

RelativeProfiles planted(std::int64_t cells, double lift, std::uint64_t seed) {
  return testing::planted_effects({.cells = cells, .lift = lift, .noise = 0.2},
                                  RandomStream(seed, "planted"));
}

/// One factor, and effects of genes 0 to 2 that have nothing to do with the data.
SparseMapping made_up(std::uint64_t seed, double largest = 1) {
  RandomStream random(seed, "made up");
  SparseMappingParts parts;
  parts.starts = {0};
  for (std::int32_t gene = 0; gene < genes; ++gene) {
    for (std::int32_t target = 0; target < genes && gene < 3; ++target) {
      if (target == gene || random.uniform(0, 1) < 0.5) continue;
      parts.rows.push_back(target);
      parts.effects.push_back(largest * random.uniform(-1, 1));
    }
    parts.starts.push_back(std::ssize(parts.rows));
    parts.offset.push_back(random.uniform(1, 3));
    parts.floor.push_back(0.05);
    parts.loadings.push_back(random.uniform(-1, 1));
    parts.responses.push_back(random.uniform(-0.1, 0.1));
  }
  return SparseMapping(std::move(parts));
}

/// The formulas of the header by plain loops, over dense arrays.
class PlainJudge {
 public:
  PlainJudge(const RelativeProfiles& profiles, const SparseMapping& mapping, double distance)
      : profiles_(profiles), mapping_(mapping) {
    find_totals();
    for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
      double state = 0;
      for (const std::int32_t gene : profiles.expressed(cell))
        state += mapping.loadings()[static_cast<std::size_t>(gene)];
      states_.push_back(static_cast<float>(state));
    }
    inflation_ = std::max(1.0, distance / error_);
  }

  double inflation() const { return inflation_; }
  double error() const { return error_; }
  const std::vector<float>& states() const { return states_; }

  double effect(std::int32_t target, std::int32_t regulator) const {
    const SparseColumn column = mapping_.column(regulator);
    for (std::size_t at = 0; at < column.genes.size(); ++at)
      if (column.genes[at] == target) return column.effects[at];
    return 0;
  }

  /// Slope and error on `presence`, or nothing where it does not vary.
  template <class Presence>
  std::optional<std::array<double, 2>> slope(std::int32_t target, Presence presence, double added) const {
    std::vector<double> targets;
    std::vector<double> explained;
    std::vector<double> states;
    std::vector<double> x;
    double mean = 0;
    for (std::int64_t cell = 0; cell < profiles_.cells(); ++cell) {
      if (!profiles_.expresses(cell, target)) continue;
      const auto at = static_cast<std::size_t>(cell);
      targets.push_back(static_cast<double>(profiles_.value(cell, target)) * totals_[at]);
      mean += targets.back();
      explained.push_back(0);
      for (std::int32_t regulator = 0; regulator < 3; ++regulator)
        if (profiles_.expresses(cell, regulator)) explained.back() += effect(target, regulator);
      states.push_back(static_cast<double>(states_[at]));
      x.push_back(presence(cell) ? 1.0 : 0.0);
    }
    std::vector<double> left = testing::plainly_scaled(targets);
    const auto count = static_cast<double>(left.size());
    mean /= count;
    regress_out(left, states);
    regress_out(explained, states);
    const double square_explained = product(explained, explained);
    const double part =
        square_explained > 0 ? std::min(2.0, std::max(0.5, product(left, explained) / square_explained)) : 1;
    for (std::size_t at = 0; at < left.size(); ++at) left[at] -= part * explained[at];
    regress_out(x, states);
    const double deviation = std::sqrt(product(left, left) / (count - 2));
    const double square = product(x, x);
    if (square <= 1e-3 * count) return std::nullopt;
    return std::array{(part * added + product(left, x) / square) / mean,
                      deviation / std::sqrt(square) / mean};
  }

 private:
  static double product(const std::vector<double>& x, const std::vector<double>& y) {
    double sum = 0;
    for (std::size_t at = 0; at < x.size(); ++at) sum += x[at] * y[at];
    return sum;
  }
  static void centre(std::vector<double>& values) {
    double mean = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    for (double& value : values) value -= mean;
  }
  static void regress_out(std::vector<double>& values, std::vector<double> states) {
    centre(values);
    centre(states);
    const double part = product(values, states) / product(states, states);
    for (std::size_t at = 0; at < values.size(); ++at) values[at] -= part * states[at];
  }
  void find_totals() {
    std::vector<std::vector<double>> outputs;
    double of_sums = 0;
    double of_counts = 0;
    for (std::int64_t cell = 0; cell < profiles_.cells(); ++cell) {
      outputs.push_back(mapping_.raw_outputs({profiles_.expressed(cell)}));
      totals_.push_back(0);
      for (double& output : outputs.back()) totals_.back() += output = std::max(output, 0.05);
      of_sums += totals_.back();
      of_counts += static_cast<double>(outputs.back().size());
    }
    for (double& total : totals_) total *= of_counts / of_sums;
    for (std::int64_t cell = 0; cell < profiles_.cells(); ++cell) {
      const auto row = static_cast<std::size_t>(cell);
      for (std::size_t at = 0; at < outputs[row].size(); ++at)
        error_ += std::abs(static_cast<double>(profiles_.values(cell)[at]) - outputs[row][at] / totals_[row]);
    }
    error_ *= 0.5 / static_cast<double>(profiles_.cells());
  }

  const RelativeProfiles& profiles_;
  const SparseMapping& mapping_;
  std::vector<double> totals_;
  std::vector<float> states_;
  double error_ = 0;
  double inflation_ = 1;
};

/// Effects with q of at most 0.1, and how many of them are none of those that are planted.
std::array<std::int64_t, 2> discoveries(const RelativeProfiles& profiles) {
  const FittedMapping fitted =
      fit_sparse(profiles, testing::all_cells(profiles), 1, Communicator::one_rank());
  const EffectQuality quality =
      find_q_values(profiles, testing::all_cells(profiles), fitted.mapping,
                    fitted.record.cross_validated_distance, 1, Communicator::one_rank());
  std::array<std::int64_t, 2> counts{};
  for (std::int32_t gene = 0; gene < genes; ++gene) {
    const SparseColumn column = fitted.mapping.column(gene);
    for (std::size_t at = 0; at < column.genes.size(); ++at) {
      const auto place =
          static_cast<std::size_t>(fitted.mapping.starts()[static_cast<std::size_t>(gene)]) + at;
      if (quality.q_values.effects[place] > 0.1) continue;
      ++counts[0];
      if (column.genes[at] < 10 || column.genes[at] % 5 != gene) ++counts[1];
    }
  }
  return counts;
}

}  // namespace

TEST_CASE("q-values are those of plain loops") {
  const RelativeProfiles profiles =
      testing::planted_effects({.cells = 300, .noise = 0.2, .in_chain = 2}, RandomStream(91, "planted"));
  const SparseMapping mapping = made_up(96);  // effects that paths speak for
  const auto cells = testing::all_cells(profiles);
  const double distance = 1.2 * PlainJudge(profiles, mapping, 0).error();
  const PlainJudge plain(profiles, mapping, distance);
  REQUIRE(plain.inflation() == Approx(1.2));

  std::vector<double> shifts(genes, 0.0);
  std::vector<double> excess;
  std::map<std::array<std::int32_t, 2>, std::array<double, 2>> slopes;
  for (std::int32_t gene = 0; gene < genes; ++gene) {
    std::vector<double> of_gene;
    std::vector<double> errors;
    for (std::int32_t target = 0; target < genes; ++target) {
      if (target == gene) continue;
      const auto found = plain.slope(
          target, [&](std::int64_t cell) { return profiles.expresses(cell, gene); },
          plain.effect(target, gene));
      REQUIRE(found);
      slopes[{target, gene}] = *found;
      of_gene.push_back((*found)[0]);
      errors.push_back((*found)[1] * (*found)[1]);
    }
    const double centre = median(of_gene);
    int near = 0;
    for (std::size_t at = 0; at < of_gene.size(); ++at)
      if (std::abs(of_gene[at] - centre) <= 2.5 * std::sqrt(errors[at])) ++near;
    if (near > 0.7 * static_cast<double>(of_gene.size())) shifts[static_cast<std::size_t>(gene)] = centre;
    std::sort(of_gene.begin(), of_gene.end());
    const double spread = (quantile(of_gene, 0.75) - quantile(of_gene, 0.25)) / 1.349;
    excess.push_back(std::max(0.0, spread * spread - median(errors)));
  }
  std::sort(excess.begin(), excess.end());
  const double variance = quantile(excess, 0.9);
  REQUIRE(variance > 0);

  // What paths say of each pair, and how often the made-up fit chose a pair like it.
  const auto shifted = [&](std::int32_t target, std::int32_t gene) {
    return slopes.at({target, gene})[0] - shifts[static_cast<std::size_t>(gene)];
  };
  const auto wide = [&](double error) { return std::sqrt(error * error + variance); };
  const auto certain = [&](std::int32_t target, std::int32_t gene) {
    if (target == gene || plain.effect(target, gene) == 0) return 0.0;
    const double t = std::abs(shifted(target, gene)) / wide(slopes.at({target, gene})[1]);
    return std::max(0.0, 1 - std::pow(2 / t, 4)) * shifted(target, gene);
  };
  const auto added = [&](std::int32_t target, std::int32_t gene, double slope, double error) {
    double sum = 0;
    for (std::int32_t between = 0; between < genes; ++between)
      if (between != gene && between != target) sum += certain(between, gene) * certain(target, between);
    return std::min(4.0, std::max(0.0, (slope < 0 ? -sum : sum) / wide(error)));
  };
  std::array<double, 33> pairs{};
  std::array<double, 33> chosen{};
  const auto of_class = [](double t) { return static_cast<std::size_t>(std::min(32.0, std::floor(4 * t))); };
  for (const auto& [pair, found] : slopes) {
    const std::size_t at = of_class(std::abs(found[0]) / found[1]);
    pairs[at] += 1;
    if (plain.effect(pair[0], pair[1]) != 0) chosen[at] += 1;
  }
  const auto share = [&](double t) {
    double largest = 0;
    for (std::size_t at = 0; at <= of_class(t); ++at)
      if (pairs[at] > 0) largest = std::max(largest, chosen[at] / pairs[at]);
    return largest;
  };

  std::vector<std::array<double, 2>> of_decoys;            // statistic, and how far it counts
  std::map<std::array<std::int64_t, 3>, double> of_decoy;  // statistic by draw, decoy and target
  double by_paths = 0;
  const auto strata = strata_of(profiles, cells, plain.states(), 1);
  for (std::int64_t draw = 0; draw < decoy_draws; ++draw) {
    const PresenceBits decoys = decoy_presence(profiles, cells, strata, 5, draw, alone);
    for (std::int32_t target = 0; target < genes; ++target) {
      for (std::int32_t gene = 0; gene < genes; ++gene) {
        if (gene == target) continue;
        const auto found = plain.slope(
            target, [&](std::int64_t cell) { return decoys.has(cell, gene); }, 0.0);
        if (!found) continue;
        const double t = std::sqrt(plain.inflation()) * std::abs((*found)[0]) / (*found)[1];
        const double more = added(target, gene, (*found)[0], (*found)[1]);
        by_paths += more;
        of_decoys.push_back({t + more, share(t)});
        of_decoy[{draw, gene, target}] = t + more;
      }
    }
  }

  const EffectQuality quality =
      find_q_values(profiles, cells, mapping, distance, 5, Communicator::one_rank());
  std::vector<double> statistics;
  double effects_by_paths = 0;
  for (std::int32_t gene = 0; gene < 3; ++gene) {
    for (const std::int32_t target : mapping.column(gene).genes) {
      const double error = slopes.at({target, gene})[1];
      const double slope = shifted(target, gene);
      const double more = added(target, gene, slope, error);
      effects_by_paths += more;
      statistics.push_back(std::abs(slope) / wide(error) + more);
    }
  }
  REQUIRE(statistics.size() == quality.q_values.effects.size());
  int below = 0;
  for (std::size_t at = 0; at < statistics.size(); ++at) {
    double q = 1;
    for (const double least : statistics) {
      if (least > statistics[at]) continue;
      const auto reaches = [&](double value) { return value >= least; };
      double decoys_above = 0;
      for (const auto& [value, counts] : of_decoys) decoys_above += reaches(value) ? counts : 0;
      const auto effects = std::count_if(statistics.begin(), statistics.end(), reaches);
      q = std::min(q, (1.0 + decoys_above) / (4.0 * static_cast<double>(effects)));
    }
    INFO("effect " << at << ", t " << statistics[at]);
    // A decoy or two may lie within the thousandth to which statistics are rounded.
    CHECK(quality.q_values.effects[at] == Approx(q).epsilon(0.02));
    if (q < 0.9) ++below;
  }
  // Decoys that are kept have the q-value of the effect that stands out most of those that do no more than
  // they.
  int told = 0;
  for (std::size_t draw = 0; draw < quality.decoy_q.size(); ++draw) {
    const DecoyEffects& kept = quality.q_values.decoys[draw];
    for (std::int32_t gene = 0; gene < genes; ++gene) {
      for (auto at = static_cast<std::size_t>(kept.starts[static_cast<std::size_t>(gene)]);
           at < static_cast<std::size_t>(kept.starts[static_cast<std::size_t>(gene) + 1]); ++at) {
        const double t = of_decoy.at({static_cast<std::int64_t>(draw), gene, kept.rows[at]});
        double nearest = 0;
        double q = 1;
        bool is_clear = true;
        for (std::size_t effect = 0; effect < statistics.size(); ++effect) {
          if (std::abs(statistics[effect] - t) < 2e-3) is_clear = false;
          if (statistics[effect] > t || statistics[effect] < nearest) continue;
          nearest = statistics[effect];
          q = quality.q_values.effects[effect];
        }
        if (!is_clear) continue;
        CHECK(quality.decoy_q[draw][at] == q);
        if (q < 1) ++told;
      }
    }
  }
  CHECK(told > 5);
  CHECK(below > 5);
  CHECK(by_paths > 5);
  CHECK(effects_by_paths > 5);
  for (std::size_t at = 0; at < quality.inputs.size(); ++at) CHECK(quality.inputs[at] > 0.5);
}

TEST_CASE("decoys are kept as effects: on a gene no more than it has, that stand out as much, shrunk alike") {
  const RelativeProfiles profiles = planted(300, 0.0, 91);
  const SparseMapping mapping = made_up(92, 0.1);
  const auto cells = testing::all_cells(profiles);
  const double distance = 1.2 * PlainJudge(profiles, mapping, 0).error();
  const PlainJudge plain(profiles, mapping, distance);
  const auto decoys =
      find_q_values(profiles, cells, mapping, distance, 5, Communicator::one_rank()).q_values.decoys;
  REQUIRE(std::ssize(decoys) == decoy_draws);
  const auto strata = strata_of(profiles, cells, plain.states(), 1);
  int all = 0;
  int left_out = 0;
  for (std::int64_t draw = 0; draw < decoy_draws; ++draw) {
    const PresenceBits presence = decoy_presence(profiles, cells, strata, 5, draw, alone);
    std::map<std::array<std::int32_t, 2>, double> expected;  // by decoy and target
    for (std::int32_t target = 0; target < genes; ++target) {
      double least = 1e9;
      double effects = 0;
      double slopes = 0;
      std::size_t count = 0;
      for (std::int32_t gene = 0; gene < 3; ++gene) {
        const double effect = plain.effect(target, gene);
        if (effect == 0) continue;
        const auto expresses = [&](std::int64_t cell) { return profiles.expresses(cell, gene); };
        const double alone = (*plain.slope(target, expresses, 0.0))[0];
        const auto own = *plain.slope(target, expresses, effect);
        least = std::min(least, std::abs(own[0]) / own[1]);
        effects += std::abs(own[0] - alone);  // A/mean
        slopes += std::abs(own[0]);
        ++count;
      }
      std::vector<std::array<double, 3>> found;  // t, slope, decoy
      for (std::int32_t gene = 0; gene < genes && count > 0; ++gene) {
        const auto has = [&](std::int64_t cell) { return presence.has(cell, gene); };
        const auto one = gene == target ? std::nullopt : plain.slope(target, has, 0.0);
        const auto mean = 1 / ((*plain.slope(target, has, 1.0))[0] - (*plain.slope(target, has, 0.0))[0]);
        if (one) found.push_back({1.2 * std::abs((*one)[0]) / (*one)[1], (*one)[0] * mean, double(gene)});
      }
      std::sort(found.begin(), found.end(), std::greater<>());
      for (std::size_t at = 0; at < found.size(); ++at) {
        const bool stands_out = found[at][0] >= least;
        left_out += stands_out && at >= count ? 1 : 0;
        if (stands_out && at < count)
          expected[{static_cast<std::int32_t>(found[at][2]), target}] =
              1.2 * std::min(1.0, effects / slopes) * found[at][1];
      }
    }
    const DecoyEffects& kept = decoys[static_cast<std::size_t>(draw)];
    REQUIRE(kept.effects.size() == expected.size());
    auto next = expected.begin();
    for (std::int32_t gene = 0; gene < genes; ++gene) {
      for (std::int64_t at = kept.starts[static_cast<std::size_t>(gene)];
           at < kept.starts[static_cast<std::size_t>(gene) + 1]; ++at, ++next) {
        CHECK(next->first == std::array{gene, kept.rows[static_cast<std::size_t>(at)]});
        CHECK(kept.effects[static_cast<std::size_t>(at)] == Approx(next->second).epsilon(1e-3));
        ++all;
      }
    }
  }
  CHECK(all > 50);
  CHECK(left_out > 50);
}

TEST_CASE("planted effects have low q-values, and few others; of cells without effects none has") {
  const auto [found, false_ones] = discoveries(planted(300, 1.5, 94));
  CHECK(found - false_ones >= 27);  // of 30
  CHECK(static_cast<double>(false_ones) <= 0.12 * static_cast<double>(found));
  CHECK(discoveries(planted(300, 0, 95))[0] <= 1);
}

TEST_CASE("what effects lose by their weights goes into the offset") {
  const RelativeProfiles profiles = planted(120, 1.0, 96);
  const SparseMapping mapping = made_up(97);
  const auto cells = testing::all_cells(profiles);
  EffectQuality quality = find_q_values(profiles, cells, mapping, 0.1, 5, Communicator::one_rank());
  for (std::size_t at = 0; at < quality.q_values.effects.size(); ++at)
    quality.q_values.effects[at] = at % 3 == 0 ? 0.5 : 0.05;
  std::vector<double> weights;
  for (const double q : quality.q_values.effects)
    weights.push_back(q == 0.5 ? 0 : weights.size() % 2 == 0 ? 1 : 0.3);
  const SparseMapping kept = weigh_effects(mapping, quality.q_values, quality.inputs, weights);
  CHECK(kept.effects_count() < mapping.effects_count());
  CHECK(std::ssize(quality.q_values.effects) == kept.effects_count());
  CHECK(*std::max_element(quality.q_values.effects.begin(), quality.q_values.effects.end()) == 0.05);
  CHECK(quality.q_values.genes[0] == 0.05);
  CHECK(quality.q_values.genes[20] == 1);
  for (std::int32_t target = 0; target < genes; ++target) {  // its mean output over its cells stays
    double before = 0;
    double after = 0;
    for (const std::int64_t cell : cells) {
      const auto expressed = profiles.expressed(cell);
      const auto place = std::find(expressed.begin(), expressed.end(), target);
      if (place == expressed.end()) continue;
      const auto at = static_cast<std::size_t>(place - expressed.begin());
      before += mapping.raw_outputs({expressed})[at];
      after += kept.raw_outputs({expressed})[at];
    }
    CHECK(after == Approx(before).margin(1e-9));
  }
}
