// On every number of ranks: the effects of every loss are what the full networks predict gene by gene, to the
// same bits whatever the ranks.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "dko/base/error.hpp"
#include "dko/base/numbers.hpp"
#include "dko/knockout/effects/effect_rows.hpp"
#include "dko/parallel/collective.hpp"
#include "support/full_network.hpp"
#include "support/member_profiles.hpp"
#include "support/plain_sparse.hpp"
#include "support/screens.hpp"

using namespace dko;
using testing::Genes;
using testing::genes_of;
using testing::Profile;

namespace {

/// What the formulas of EffectRow say of one group: by plain loops over whole profiles.
struct PlainRow {
  std::int64_t cells = 0;
  std::vector<std::vector<double>> change;  // member, gene: sums over cells of b' − r
  std::vector<std::vector<double>> share;   // and of r
  std::vector<std::int64_t> both;
};

PlainRow plain_row(const RelativeProfiles& matrix, const std::vector<Profile>& members, std::int32_t lost,
                   const std::function<bool(std::int64_t)>& is_in_group) {
  const auto count = static_cast<std::size_t>(matrix.genes());
  PlainRow row;
  row.change.assign(members.size(), std::vector<double>(count));
  row.share = row.change;
  row.both.assign(count, 0);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const Genes expressed = genes_of(matrix, cell);
    if (!is_in_group(cell) || expressed.size() < 2 || !std::count(expressed.begin(), expressed.end(), lost))
      continue;
    ++row.cells;
    for (const std::int32_t gene : expressed) ++row.both[static_cast<std::size_t>(gene)];
    for (std::size_t member = 0; member < members.size(); ++member) {
      const std::vector<double> before = members[member](expressed, {});
      const std::vector<double> after = members[member](expressed, {lost});
      double rest = 0;  // no difference: of a gene that has nearly all it would be rounding
      for (const std::int32_t gene : expressed)
        rest += gene == lost ? 0 : before[static_cast<std::size_t>(gene)];
      for (std::size_t gene = 0; gene < count; ++gene) {
        if (gene == static_cast<std::size_t>(lost)) continue;
        row.change[member][gene] += after[gene] - before[gene] / rest;
        row.share[member][gene] += before[gene] / rest;
      }
    }
  }
  return row;
}

struct Expected {
  double change = 0;
  double relative = 0;
  double sd = 0;
};

/// Of the genes of a set together, or of one alone.
Expected expected(const PlainRow& row, const Genes& genes) {
  Expected found;
  if (row.cells == 0) return found;
  std::vector<double> of_members;
  double share = 0;
  for (std::size_t member = 0; member < row.change.size(); ++member) {
    double change = 0;
    for (const std::int32_t gene : genes) {
      change += row.change[member][static_cast<std::size_t>(gene)];
      share += row.share[member][static_cast<std::size_t>(gene)];
    }
    of_members.push_back(change / static_cast<double>(row.cells));
  }
  const auto members = static_cast<double>(of_members.size());
  found.change = std::accumulate(of_members.begin(), of_members.end(), 0.0) / members;
  share /= members * static_cast<double>(row.cells);
  found.relative = share > 0 ? found.change / share : 0;
  for (const double change : of_members) found.sd += std::pow(change - found.change, 2);
  found.sd = of_members.size() < 2 ? 0 : std::sqrt(found.sd / (members - 1));
  return found;
}

constexpr double margin = 1e-12;

/// One group of a row against plain loops. `is_listed` says which genes must have an entry.
void check_group(const EffectRow& row, std::size_t group, const PlainRow& plain,
                 const EffectsRequest& request, const std::function<bool(std::int32_t)>& is_listed) {
  CHECK(row.cells[group] == plain.cells);
  const std::size_t count = row.genes.size();
  for (std::int32_t gene = 0; gene < std::ssize(plain.both); ++gene) {
    const auto found = std::lower_bound(row.genes.begin(), row.genes.end(), gene);
    const Expected is = expected(plain, {gene});
    if (found == row.genes.end() || *found != gene) {
      if (gene != row.lost && is_listed(gene)) CHECK(std::abs(is.change) < margin);
      continue;
    }
    CHECK(gene != row.lost);
    CHECK(is_listed(gene));
    const std::size_t at = group * count + static_cast<std::size_t>(found - row.genes.begin());
    CHECK(row.change[at] == Approx(is.change).margin(margin));
    CHECK(row.relative[at] == Approx(is.relative).margin(1e-10));
    CHECK(row.both[at] == plain.both[static_cast<std::size_t>(gene)]);
    REQUIRE(row.change_sd.size() == (plain.change.size() > 1 ? row.change.size() : 0));
    if (!row.change_sd.empty()) CHECK(row.change_sd[at] == Approx(is.sd).margin(margin));
  }
  for (std::size_t set = 0; set < request.sets.size(); ++set) {
    Genes others = request.sets[set];
    std::erase(others, row.lost);
    const Expected is = expected(plain, others);
    const std::size_t at = group * request.sets.size() + set;
    CHECK(row.set_change[at] == Approx(is.change).margin(margin));
    CHECK(row.set_relative[at] == Approx(is.relative).margin(1e-10));
  }
}

std::vector<EffectRow> rows_of(const RelativeProfiles& matrix, const std::vector<CollapsedMapping>& members,
                               const EffectsRequest& request, const Communicator& ranks) {
  std::vector<EffectRow> rows;
  for_each_effect_row(matrix, members, Base::fitted, request, NodeGroup(ranks),
                      [&](const EffectRow& row) { rows.push_back(row); });
  return rows;
}

bool same_bits(const EffectRow& a, const EffectRow& b) {
  return a.lost == b.lost && a.cells == b.cells && a.genes == b.genes && a.change == b.change &&
         a.relative == b.relative && a.change_sd == b.change_sd && a.both == b.both &&
         a.set_change == b.set_change && a.set_relative == b.set_relative;
}

/// Which genes have entries in the row of a lost one.
using Listed = std::function<bool(std::int32_t lost, std::int32_t gene)>;

void check_rows(const RelativeProfiles& matrix, const std::vector<CollapsedMapping>& members,
                const std::vector<Profile>& profiles, const EffectsRequest& request,
                const Listed& is_listed) {
  const std::vector<EffectRow> rows = rows_of(matrix, members, request, testing::world());
  REQUIRE(rows.size() == (testing::world().is_root() ? request.lost.size() : 0));
  if (rows.empty()) return;
  const auto alone = rows_of(matrix, members, request, Communicator::one_rank());
  for (std::size_t at = 0; at < rows.size(); ++at) {
    CHECK(rows[at].lost == request.lost[at]);
    CHECK(same_bits(rows[at], alone[at]));
    for (std::int64_t group = 0; group < request.groups(); ++group) {
      const auto is_in_group = [&](std::int64_t cell) {
        return group == 0 || request.group_of_cell[static_cast<std::size_t>(cell)] == group - 1;
      };
      check_group(rows[at], static_cast<std::size_t>(group),
                  plain_row(matrix, profiles, rows[at].lost, is_in_group), request,
                  [&](std::int32_t gene) { return is_listed(rows[at].lost, gene); });
    }
  }
}

EffectsRequest request_for(const RelativeProfiles& matrix, bool in_groups) {
  EffectsRequest request{numbers_below<std::int32_t>(matrix.genes())};
  request.sets = {{0, 3, 4}, {2}, {1, 5, 6, 8}};
  if (!in_groups) return request;
  request.labels = 3;  // no cell has the last
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    request.group_of_cell.push_back(static_cast<std::int32_t>(cell % 3) - 1);  // −1: in none
  return request;
}

}  // namespace

TEST_CASE("effects by the original's mapping are the full network's") {
  const auto matrix = testing::random_matrix(40, 9, 0.5, 81).relative_profiles();
  const auto mappings = testing::random_members(GENERATE(1, 3), {9, 5}, 82);
  const std::vector<Profile> profiles = testing::full_profiles(mappings);
  check_rows(matrix, testing::collapsed(mappings), profiles, request_for(matrix, GENERATE(false, true)),
             [](std::int32_t, std::int32_t) { return true; });
}

TEST_CASE("effects of a sparse mapping are its formula's, of the genes that it touches or of all") {
  const auto matrix = testing::random_matrix(30, 12, 0.5, 83).relative_profiles();
  const std::int64_t count = GENERATE(1, 2);
  std::vector<testing::PlainSparse> plain;
  std::vector<CollapsedMapping> members;
  std::vector<Profile> profiles;
  for (std::int64_t member = 0; member < count; ++member) {
    plain.push_back(testing::random_sparse(12, 2, 0.2, 84 + static_cast<std::uint64_t>(member)));
    members.emplace_back(plain.back().mapping());
    profiles.push_back([one = plain.back()](const Genes& expressed, const Genes& removed) {
      return one.profile(expressed, removed);
    });
  }
  EffectsRequest request = request_for(matrix, GENERATE(false, true));
  request.with_untouched = GENERATE(false, true);
  if (count == 2) request.lost = {1, 4, 11};
  check_rows(matrix, members, profiles, request, [&](std::int32_t lost, std::int32_t gene) {
    return request.with_untouched || std::any_of(plain.begin(), plain.end(), [&](const auto& one) {
             return one.a[static_cast<std::size_t>(gene)][static_cast<std::size_t>(lost)] != 0;
           });
  });
}

TEST_CASE("effects are left exactly where nearly all of a cell goes with the lost gene") {
  // Gene 0 has nearly all; gene 1 falls to its floor when it is lost.
  const auto matrix = testing::matrix_of({{9, 1, 1}, {9, 1, 0}, {9, 0, 2}, {0, 1, 1}}).relative_profiles();
  testing::PlainSparse plain = testing::random_sparse(3, 0, 0, 85);
  plain.offset = {1e6, 0.5, 1e-9};
  plain.floor = {1e-6, 1e-7, 1e-10};
  plain.a[1][0] = 2e3;
  const std::vector<CollapsedMapping> members{CollapsedMapping(plain.mapping())};
  const Profile profile = [&](const Genes& expressed, const Genes& removed) {
    return plain.profile(expressed, removed);
  };
  EffectsRequest request{numbers_below<std::int32_t>(matrix.genes())};
  request.with_untouched = true;
  check_rows(matrix, members, {profile}, request, [](std::int32_t, std::int32_t) { return true; });
}

TEST_CASE("a failure of whoever is given the rows is told to all ranks") {
  const auto matrix = testing::random_matrix(10, 5, 0.6, 86).relative_profiles();
  const std::vector<CollapsedMapping> members{
      CollapsedMapping(testing::random_sparse(5, 0, 0.3, 87).mapping())};
  CHECK_THROWS_AS(
      for_each_effect_row(matrix, members, Base::fitted, {numbers_below<std::int32_t>(matrix.genes())},
                          NodeGroup(testing::world()), [](const EffectRow&) { throw InputError("no"); }),
      CollectiveFailure);
}
