// What a text says of groups of cells, and how cells are put into groups.
#include "dko/results/aggregate/cell_groups.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/error.hpp"
#include "dko/results/screen_file/screen_writer.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace {

CellGroups groups_of(Names labels) {
  CellGroups groups{"type", std::move(labels), {}, {}, 0};
  groups.sizes.assign(groups.labels.size(), 1);
  return groups;
}

std::vector<std::pair<std::int32_t, std::int32_t>> named(const CellGroups& groups, const std::string& text) {
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (const Contrast& contrast : contrasts_named(groups, text))
    pairs.emplace_back(contrast.group, contrast.against);
  return pairs;
}

using Pairs = std::vector<std::pair<std::int32_t, std::int32_t>>;

}  // namespace

TEST_CASE("a contrast is of two labels, of one against all others, or of each") {
  const CellGroups groups = groups_of({"A", "B", "C"});
  CHECK(named(groups, "A,C") == Pairs{{0, 2}});
  CHECK(named(groups, "B") == Pairs{{1, Contrast::all_others}});
  CHECK(named(groups, "each") == Pairs{{0, -1}, {1, -1}, {2, -1}});
  CHECK_THROWS_WITH(named(groups, "A,D"), Catch::Contains("no label D; its labels: A, B, C"));
  CHECK_THROWS_WITH(named(groups, "a"), Catch::Contains("no label a"));
  CHECK_THROWS_WITH(named(groups, "A,A"), Catch::Contains("with itself"));
  CHECK_THROWS_AS(named(groups_of({"A"}), "A"), UsageError);
}

TEST_CASE("labels with commas, and one that is called each, are taken as they are") {
  CHECK(named(groups_of({"A,B", "A", "B"}), "A,B") == Pairs{{0, -1}});  // the whole text first
  CHECK(named(groups_of({"A,B", "C"}), "A,B,C") == Pairs{{0, 1}});
  CHECK(named(groups_of({"each", "C"}), "each") == Pairs{{0, -1}});
  CHECK_THROWS_WITH(named(groups_of({"A", "B,C", "A,B", "C"}), "A,B,C"), Catch::Contains("in several ways"));
}

TEST_CASE("cells are grouped by labels and by few numbers, and cells without a value are in none") {
  const testing::TemporaryFolder folder;
  const auto matrix = testing::random_matrix(4, 6, 0.9, 3).relative_profiles();
  ScreenPlan plan = testing::full_plan(matrix);
  const double none = std::nan("");
  plan.obs = {{"type", {"y", "x"}, {0, 1, -1, 0}, {}},
              {"number", {}, {}, {2, 0.5, none, 2}},
              {"gene:gene3>2", {"no", "yes"}, {0, 1, 0, 1}, {}}};
  create_screen_file(folder / "screen.h5", matrix, plan, start_provenance("dko screen", 1));
  complete_screen_file(folder / "screen.h5", {});
  const ScreenReader screen(folder / "screen.h5");
  CHECK(screen.obs_titles() == Names{"gene:gene3>2", "number", "type"});
  const CellGroups types = group_cells(screen, "type");
  CHECK(types.labels == Names{"y", "x"});
  CHECK(types.of_cells == std::vector<std::int32_t>{0, 1, -1, 0});
  CHECK(types.sizes == std::vector<std::int64_t>{2, 1});
  CHECK(types.without == 1);
  const CellGroups numbers = group_cells(screen, "number");
  CHECK(numbers.labels == Names{"0.5", "2"});
  CHECK(numbers.of_cells == std::vector<std::int32_t>{1, 0, -1, 1});
  CHECK_THROWS_WITH(group_cells(screen, "kind"), Catch::Contains("it keeps 'gene:gene3>2', number, type"));
  CHECK(group_cells(screen, "gene:gene3 > 2").column == "gene:gene3>2");
  CHECK(group_cells(screen, "gene:gene3>2").sizes == std::vector<std::int64_t>{2, 2});
  CHECK_THROWS_WITH(group_cells(screen, "gene:gene3>3"),
                    Catch::Contains("does not keep") && Catch::Contains("it keeps 'gene:gene3>2', number"));
  CHECK_THROWS_WITH(group_cells(screen, "gene3>1"),
                    Catch::Contains("gene3 is a gene") && Catch::Contains("gene:gene3>1"));
}
