#include "dko/expression/covariates.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/error.hpp"
#include "dko/base/numbers.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// A table of 40 cells: three batches of which b is the commonest, a depth, one value, and what is missing.
std::string table() {
  std::string text = "cell,batch,depth,code,one,name,gap,huge\n";
  for (int cell = 39; cell >= 0; --cell) {  // in another order than the data
    const std::string number = std::to_string(cell);
    text += "cell" + number + "," +
            (cell % 4 == 0   ? "a"
             : cell % 4 == 1 ? "c"
                             : "b") +
            "," + std::to_string(cell) + "," + std::to_string(cell % 2) + ",x,n" + number + "," +
            (cell == 7 || cell == 9 ? "NA" : "1.5") + "," + (cell == 3 ? "inf" : number) + "\n";
  }
  return text;
}

struct Fixture {
  testing::TemporaryFolder folder;
  ExpressionMatrix all = testing::random_matrix(40, 6, 0.9, 91);
  std::filesystem::path path = folder / "data.csv";
  std::string obs = (folder / "obs.csv").string();
  std::vector<std::int32_t> cells = numbers_below<std::int32_t>(40);
  Log log = Log::silent();

  Fixture() {
    testing::write_file(path, "a,b\n1,2\n");
    testing::write_file(obs, table());
  }
  ChosenColumns columns() const { return {all, cells, path, obs}; }
  Covariates find(const std::string& names, const std::string& codes = {}) {
    return find_covariates({names, codes}, columns(), log);
  }
  std::string refusal(const std::string& names, const std::string& codes = {}) {
    try {
      find(names, codes);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("categories become indicators but for the commonest, numbers are centred and scaled") {
  Fixture data;
  const Covariates found = data.find("batch,depth");
  REQUIRE(found.size() == 2);
  CHECK(found[0].categories == Names{"b", "a", "c"});
  CHECK(found[1].mean == Approx(19.5));
  CHECK(found[1].sd == Approx(std::sqrt((40.0 * 40 - 1) / 12)));
  CHECK(covariate_width(found) == 3);
  const std::vector<double> values = covariate_values(found, data.columns(), "model");
  REQUIRE(values.size() == 40 * 3);
  for (std::size_t cell = 0; cell < 40; ++cell) {
    CHECK(values[3 * cell] == (cell % 4 == 0 ? 1 : 0));
    CHECK(values[3 * cell + 1] == (cell % 4 == 1 ? 1 : 0));
    CHECK(values[3 * cell + 2] ==
          Approx((static_cast<double>(cell) - 19.5) / std::sqrt((40.0 * 40 - 1) / 12)).margin(1e-12));
  }
  CHECK(data.find("code")[0].categories.empty());
  CHECK(data.find("code", "code")[0].categories.size() == 2);
}

TEST_CASE("covariates are those of the chosen cells, whatever a table or a model says of others") {
  Fixture data;
  const Covariates of_all = data.find("batch,depth");
  data.cells = {1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21};
  CHECK(data.find("batch")[0].categories == Names{"b", "c"});
  const std::vector<double> values = covariate_values(of_all, data.columns(), "model");
  REQUIRE(values.size() == data.cells.size() * 3);
  for (std::size_t at = 0; at < data.cells.size(); ++at) {
    CHECK(values[3 * at] == 0);
    CHECK(values[3 * at + 1] == (data.cells[at] % 4 == 1 ? 1 : 0));
  }
  const ExpressionMatrix chosen = data.all.subset(data.cells, std::vector<std::int32_t>{0, 2});
  const ExpressionMatrix with = chosen.with_covariates(of_all, values);
  const std::vector<std::int32_t> two{3, 0};
  const RelativeProfiles part = with.subset(two, std::vector<std::int32_t>{1}).relative_profiles();
  REQUIRE(part.covariates(0).size() == 3);
  CHECK(part.covariates(0)[2] == values[11]);
  CHECK(part.covariates(1)[1] == values[1]);
  CHECK(with.checksum() == chosen.checksum());
  CHECK(chosen.covariates_checksum().empty());
  CHECK(with.covariates_checksum() !=
        data.all.with_covariates(of_all, covariate_values(of_all, Fixture().columns(), "m"))
            .covariates_checksum());
}

TEST_CASE("columns that are no covariates are refused with the reason") {
  Fixture data;
  CHECK(contains(data.refusal("batch,kind"), "no column named kind"));
  CHECK(contains(data.refusal("batch,batch"), "names batch twice"));
  CHECK(contains(data.refusal("batch", "depth"), "names depth, which covariate does not"));
  CHECK(contains(data.refusal("one"), "column one: has one value, x, in all 40 cells"));
  CHECK(contains(data.refusal("name"), "column name: has as many categories as cells, 40"));
  CHECK(contains(data.refusal("gap"), "column gap: has no value for 2 of 40 cells, the first of them cell7"));
  CHECK(contains(data.refusal("huge"), "column huge: cell cell3 has the value inf"));
  CHECK(contains(data.refusal("depth", "depth"), "as many categories as cells"));
  data.cells.resize(13);
  CHECK(contains(data.refusal("batch"), "the covariates are 2 numbers for each of 13 cells: too many"));
}

TEST_CASE("values that a model does not know are refused with column, category and cells") {
  Fixture data;
  const auto refusal = [&](const Covariates& known) {
    try {
      covariate_values(known, data.columns(), "model.h5");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const std::string unknown = refusal({{"batch", {"b", "a", "d"}}});
  CHECK(contains(
      unknown,
      "column batch: has categories that model.h5 does not know: c (in 10 cells, the first of them cell1)"));
  CHECK(contains(unknown, "it knows b, a, d"));
  CHECK(contains(refusal({{"batch"}}),
                 "column batch: holds texts such as a, and model.h5 knows it as one of numbers"));
  CHECK(contains(refusal({{"sample", {"b", "a"}}}), "has no column sample"));
  CHECK(contains(refusal({{"gap"}}), "column gap: has no value for 2 of 40 cells"));
  CHECK(refusal({{"code", {"1", "0"}}}) == "accepted");  // numbers as codes
}
