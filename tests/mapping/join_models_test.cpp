#include "dko/mapping/join_models.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

Model of_seeds(const std::vector<std::uint64_t>& seeds) {
  Model model;
  model.genes = {"a", "b", "c", "d"};
  for (const std::uint64_t seed : seeds) {
    TrainedMapping member;
    member.mapping = testing::random_mapping({4, 3}, 1, seed);
    member.record.seed = seed;
    model.members.emplace_back(std::move(member));
  }
  model.provenance.input = "x.csv";
  model.provenance.input_checksum = "sum";
  model.provenance.selection = "all";
  model.provenance.seed = 7;
  return model;
}

}  // namespace

TEST_CASE("joined members are the ensemble that has them all") {
  const Model joined = join_models({{"1.h5", of_seeds({1})}, {"2.h5", of_seeds({2, 3})}});
  const Model whole = of_seeds({1, 2, 3});
  CHECK(joined.members.size() == 3);
  CHECK(joined.genes == whole.genes);
  CHECK(checksum_of(joined) == checksum_of(whole));
  CHECK(joined.provenance.model_checksum == checksum_of(whole));
  CHECK(joined.provenance.seed == 7);
  CHECK(joined.provenance.input == "x.csv");
  CHECK(joined.provenance.input_checksum == "sum");
  CHECK(joined.provenance.selection == "all");
  CHECK(checksum_of(join_models({{"2.h5", of_seeds({2, 3})}, {"1.h5", of_seeds({1})}})) !=
        checksum_of(whole));
}

TEST_CASE("members that do not belong together are refused, with their files") {
  const NamedModel first{"1.h5", of_seeds({1})};
  const auto joins_with = [&](Model other) { return join_models({first, {"2.h5", std::move(other)}}); };
  CHECK_THROWS_WITH(joins_with(of_seeds({2, 1})), Catch::Contains("1.h5 and 2.h5 hold the same member"));

  Model same_parameters = of_seeds({1});
  std::get<TrainedMapping>(same_parameters.members.front()).record.seed = 9;
  CHECK_THROWS_WITH(joins_with(same_parameters), Catch::Contains("with the same parameters"));

  Model other_genes = of_seeds({2});
  std::swap(other_genes.genes[0], other_genes.genes[1]);
  CHECK_THROWS_WITH(joins_with(other_genes), Catch::Contains("2.h5 cannot be joined with 1.h5: its genes"));

  Model other_data = of_seeds({2});
  other_data.provenance.input_checksum = "other";
  CHECK_THROWS_WITH(joins_with(other_data), Catch::Contains("its input has another checksum"));

  Model other_covariates = of_seeds({2});
  other_covariates.covariates = {{"batch", {"a", "b"}}};
  CHECK_THROWS_WITH(joins_with(other_covariates), Catch::Contains("its covariates are others"));
  Model other_values = of_seeds({2});
  other_values.provenance.covariates_checksum = "other";
  CHECK_THROWS_WITH(joins_with(other_values), Catch::Contains("its covariates are others"));

  Model sparse = of_seeds({2});
  sparse.members = {FittedMapping{}};
  CHECK_THROWS_WITH(joins_with(sparse), Catch::Contains("its mapping is sparse, not dko"));
  CHECK_THROWS_AS(joins_with(sparse), InputError);
}

TEST_CASE("members that are not there are told by what the others were trained for") {
  const auto member = [](const std::string& options) {
    Model model = of_seeds({1});
    model.provenance.command = "dko train x.csv " + options + " -o m.h5";
    return NamedModel{"m.h5", std::move(model)};
  };
  CHECK(missing_members({member("--ensemble 3 --member 0"), member("--member=2 --ensemble=3")}) ==
        "member 1 of 3");
  CHECK(missing_members({member("--ensemble 4 --member 1")}) == "member 0, 2, 3 of 4");
  CHECK(missing_members({member("--ensemble 2 --member 0"), member("--ensemble 2 --member 1")}).empty());
  CHECK(missing_members({member("--seed 5"), member("--ensemble 3 --member 0")}).empty());
}
