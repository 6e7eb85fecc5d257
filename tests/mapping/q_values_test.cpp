#include "dko/mapping/q_values.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/mapping/decoys_file.hpp"
#include "dko/mapping/model.hpp"
#include "dko/mapping/q_values_file.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Three genes; effects of gene 0 on 1 and 2, and of gene 1 on 2.
FittedMapping member(std::vector<double> q) {
  SparseMappingParts parts{{0, 2, 3, 3}, {1, 2, 2}, {0.5, -0.5, 0.25}, {1, 1, 1}, {0.1, 0.1, 0.1}, {}, {}};
  FittedMapping made{SparseMapping(std::move(parts)), {}};
  made.q_values = {q, gene_q_values(made.mapping, q)};
  return made;
}

}  // namespace

TEST_CASE("a gene has the least q-value of its effects, 1 without any") {
  CHECK(member({0.25, 0.5, 0.125}).q_values.genes == std::vector<double>{0.25, 0.125, 1});
}

TEST_CASE("an ensemble has the median of its members, and none if one has none") {
  Model model{{member({0.25, 0.5, 0.125}), member({0.75, 0.0625, 0.5}), member({0.875, 1, 0.25})},
              {"a", "b", "c"},
              {},
              {},
              {}};
  CHECK(gene_q_values(model) == std::vector<double>{0.25, 0.25, 1});
  const std::vector<std::int32_t> lost{0};
  CHECK(direct_q_values(model, lost) == std::vector<std::optional<double>>{std::nullopt, 0.75, 0.5});
  const std::vector<std::int32_t> both{0, 1};
  CHECK(direct_q_values(model, both) == std::vector<std::optional<double>>{std::nullopt, 0.75, 0.125});
  model.members.pop_back();
  CHECK(direct_q_values(model, lost)[1] == 0.75);
  std::get<FittedMapping>(model.members.back()).q_values = {};
  CHECK(gene_q_values(model).empty());
  CHECK(direct_q_values(model, lost).empty());
}

TEST_CASE("q-values are read as they were written, and impossible ones are refused") {
  const testing::TemporaryFolder folder;
  const auto write = [&](const char* name, const QValues& q) {
    hdf5::File file = hdf5::File::create(folder / name);
    write_q_values(file, q);
  };
  write("a.h5", {{0.5, 0, 1}, {0, 1}});
  write("none.h5", {});
  write("bad.h5", {{0.5, 1.5, 1}, {0, 1}});
  const auto open = [&](const char* name) { return hdf5::File::open(folder / name, hdf5::Access::read); };
  const QValues read = read_q_values(open("a.h5"), 3, 2);
  CHECK(read.effects == std::vector<double>{0.5, 0, 1});
  CHECK(read.genes == std::vector<double>{0, 1});
  CHECK(read_q_values(open("none.h5"), 3, 2).empty());
  CHECK_THROWS_WITH(read_q_values(open("a.h5"), 4, 2), Catch::Contains("q_value: has 3 values, expected 4"));
  CHECK_THROWS_WITH(read_q_values(open("bad.h5"), 3, 2), Catch::Contains("q_value: value 1 is 1.5"));
}

TEST_CASE("decoys go through a file, and damaged ones are refused") {
  const testing::TemporaryFolder folder;
  const std::vector<DecoyEffects> decoys{{{0, 2, 2, 3}, {1, 2, 0}, {0.5, -1, 2}},
                                         {{0, 0, 0, 0}, {}, {}},
                                         {{0, 1, 1, 1}, {2}, {0.25}},
                                         {{0, 0, 0, 1}, {1}, {-3}}};
  const auto written = [&](const std::vector<DecoyEffects>& draws) {
    hdf5::File file = hdf5::File::create(folder / "decoys.h5");
    write_decoys(file, draws, 3);
    file.close();
    return hdf5::File::open(folder / "decoys.h5", hdf5::Access::read);
  };
  const std::vector<DecoyEffects> back = read_decoys(written(decoys), 3);
  REQUIRE(back.size() == 4);
  for (std::size_t draw = 0; draw < 4; ++draw) {
    CHECK(back[draw].starts == decoys[draw].starts);
    CHECK(back[draw].rows == decoys[draw].rows);
    CHECK(back[draw].effects == decoys[draw].effects);
  }
  CHECK(read_decoys(written({}), 3).empty());
  CHECK_THROWS_AS(read_decoys(written(decoys), 4), InputError);
  const auto refused = [&](const DecoyEffects& damaged) {
    std::vector<DecoyEffects> draws = decoys;
    draws[2] = damaged;
    CHECK_THROWS_WITH(read_decoys(written(draws), 3), Catch::Contains("draw2"));
  };
  CHECK_THROWS_WITH(read_decoys(written({decoys[0], decoys[1], decoys[2]}), 3),
                    Catch::Contains("has no draw3, one of its 4 draws"));
  refused({{0, 2, 2, 3}, {2, 1, 0}, {0.5, -1, 2}});
  refused({{0, 2, 2, 3}, {1, 3, 0}, {0.5, -1, 2}});
  refused({{0, 2, 1, 3}, {1, 2, 0}, {0.5, -1, 2}});
  refused({{0, 2, 2, 3}, {1, 2, 0}, {0.5, std::numeric_limits<double>::quiet_NaN(), 2}});
}
