#include "dko/training/sparse/network_prior.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "dko/base/error.hpp"
#include "dko/base/random.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
#include "support/planted.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace network_prior_test {

constexpr std::size_t genes = 40;

/// In few cells and with much noise.
RelativeProfiles planted(std::uint64_t seed) {
  return testing::planted_effects({.cells = 120, .lift = 0.6, .noise = 0.5, .presence = 0.7},
                                  RandomStream(seed, "planted for a prior"));
}

/// The planted pairs, or others of the same number.
NetworkPrior prior_of(bool is_true) {
  NetworkPrior prior;
  for (std::int32_t target = 10; target < static_cast<std::int32_t>(genes); ++target) {
    prior.targets.push_back(target);
    prior.regulators.push_back(is_true ? target % 5 : 5 + target % 4);
    prior.weights.push_back(1);
    prior.signs.push_back(1);
  }
  prior.checksum = "crc64:0";
  return prior;
}

FittedMapping fit(const RelativeProfiles& profiles, const NetworkPrior& prior) {
  return fit_sparse(profiles, testing::all_cells(profiles), 1, Communicator::one_rank(), {}, prior);
}

/// How many of the pairs have an effect, by its sign.
std::pair<int, int> found(const SparseMapping& mapping, const NetworkPrior& pairs) {
  std::pair<int, int> count{0, 0};
  for (std::size_t at = 0; at < pairs.targets.size(); ++at) {
    const SparseColumn column = mapping.column(pairs.regulators[at]);
    for (std::size_t entry = 0; entry < column.genes.size(); ++entry) {
      if (column.genes[entry] == pairs.targets[at])
        ++(column.effects[entry] > 0 ? count.first : count.second);
    }
  }
  return count;
}

struct Fixture {
  testing::TemporaryFolder folder;
  ExpressionMatrix data = testing::random_matrix(4, 6, 1.1, 1);  // gene0 … gene5
  std::ostringstream said;
  Log log{said, Verbosity::normal};

  NetworkPrior read(const std::string& text) {
    testing::write_file(folder / "prior.csv", text);
    said.str("");
    return read_network_prior(folder / "prior.csv", data, log);
  }
  std::string refusal(const std::string& text) {
    try {
      read(text);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  }
  bool says(const std::string& words) const { return said.str().find(words) != std::string::npos; }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE(
    "pairs are read with a header or without, by target and regulator, their weights as parts of the "
    "largest") {
  Fixture file;
  const NetworkPrior bare = file.read("gene3\tgene1\t2\t+\ngene0\tgene1\t4\t-1\ngene0\tgene5\t1\t?\n");
  CHECK(bare.targets == std::vector<std::int32_t>{1, 1, 5});
  CHECK(bare.regulators == std::vector<std::int32_t>{0, 3, 0});
  CHECK(bare.weights == std::vector<double>{1, 0.5, 0.25});
  CHECK(bare.signs == std::vector<std::int32_t>{-1, 1, 0});
  CHECK(!bare.checksum.empty());
  CHECK(file.says("3 pairs of genes of the data in 3 rows"));
  const NetworkPrior titled = file.read(
      "source,Target,sign,Regulator,Weight\nx,gene1,+,gene3,2\ny,gene1,-1,gene0,4\nz,gene5,,gene0,1\n");
  CHECK(titled.targets == bare.targets);
  CHECK(titled.regulators == bare.regulators);
  CHECK(titled.weights == bare.weights);
  CHECK(titled.signs == bare.signs);
  CHECK(titled.checksum != bare.checksum);
  CHECK(file.read("gene0,gene1\ngene1,gene0\n").weights == std::vector<double>{1, 1});
}

TEST_CASE("unknown names, genes with themselves and repeated pairs are counted and said") {
  Fixture file;
  const NetworkPrior prior = file.read(
      "regulator,target,weight,sign\ngene0,gene1,1,+\ngene0,gene1,3,-\nTP53,gene1,1,+\ngene2,gene2,1,+\n"
      "gene0,MYC,1,+\ngene4,gene5,3,+\ngene4,gene5,3,\n");
  CHECK(prior.targets == std::vector<std::int32_t>{1, 5});
  CHECK(prior.weights == std::vector<double>{1, 1});
  CHECK(prior.signs == std::vector<std::int32_t>{0, 1});
  CHECK(file.says("2 pairs of genes of the data in 7 rows"));
  CHECK(file.says("2 rows left out, of names that the data do not have: MYC, TP53"));
  CHECK(file.says("1 pair of a gene with itself left out"));
  CHECK(file.says("2 pairs repeated: the largest weight counts; 1 of them disagree in the sign"));
}

TEST_CASE("a pair of which rows state both signs has none, in whatever order and number they stand") {
  Fixture file;
  for (const char* rows : {"gene0,gene1,1,+\ngene0,gene1,1,-\ngene0,gene1,1,+\n",
                           "gene0,gene1,1,+\ngene0,gene1,1,+\ngene0,gene1,1,-\n",
                           "gene0,gene1,1,\ngene0,gene1,1,-\ngene0,gene1,1,+\ngene0,gene1,1,-\n"})
    CHECK(file.read(rows).signs == std::vector<std::int32_t>{0});
  CHECK(file.read("gene0,gene1,1,\ngene0,gene1,1,-\ngene0,gene1,1,\n").signs ==
        std::vector<std::int32_t>{-1});
}

TEST_CASE("what is no prior is refused, with its line") {
  Fixture file;
  CHECK(contains(file.refusal("gene0\n"), "line 1: needs two columns"));
  CHECK(contains(file.refusal(""), "is empty"));
  CHECK(contains(file.refusal("gene0,gene1,1\ngene0,gene2\n"), "line 2: has 2 fields, the first row 3"));
  CHECK(contains(file.refusal("gene0,gene1,high\n"), "line 1: weight high is not a finite number above 0"));
  CHECK(contains(file.refusal("gene0,gene1,-2\n"), "give what lowers its target the sign -"));
  CHECK(contains(file.refusal("gene0,gene1,inf\n"), "weight inf is not"));
  CHECK(contains(file.refusal("gene0,gene1,0\n"), "weight 0 is not"));
  CHECK(contains(file.refusal("gene0,gene1,1,up\n"), "sign up is none of + - 1 -1"));
  CHECK(contains(file.refusal("gene0,gene1,1,+,x\n"), "has 5 fields; without a header"));
  CHECK(contains(file.refusal("regulator,target,target\n"), "two columns target"));
  CHECK(contains(file.refusal("gene0,B\nC,D\n"), "none of its 2 rows is of two genes of the data"));
  CHECK(contains(file.refusal("TF,gene\ngene0,gene1\n"),
                 "line 1: neither TF nor gene is a gene of the data, and they are not the titles"));
}

TEST_CASE("a true prior lowers penalties and finds more, a false one changes nothing") {
  int factors_below = 0;
  int more = 0;
  for (const std::uint64_t seed : {41U, 42U, 43U}) {
    const RelativeProfiles profiles = planted(seed);
    const FittedMapping without = fit(profiles, {});
    CHECK(without.record.prior.empty());
    const FittedMapping with = fit(profiles, prior_of(true));
    CHECK(with.record.prior == "crc64:0");
    CHECK(with.record.prior_pairs == 30);
    factors_below += with.record.prior_factor < 1 ? 1 : 0;
    more += found(with.mapping, prior_of(true)).first - found(without.mapping, prior_of(true)).first;
    const FittedMapping misled = fit(profiles, prior_of(false));
    CHECK(misled.record.prior_factor == 1);
    CHECK(misled.mapping.checksum(profiles.gene_names()) == without.mapping.checksum(profiles.gene_names()));
  }
  CHECK(factors_below == 3);
  CHECK(more > 5);  // 7; of three times 30 effects most are found without a prior
}

TEST_CASE("effects of pairs whose signs are held have no other") {
  const RelativeProfiles profiles = planted(44);
  NetworkPrior prior = prior_of(true);
  CHECK(found(fit(profiles, prior).mapping, prior).first > 10);
  prior.holds_signs = true;
  CHECK(found(fit(profiles, prior).mapping, prior).first > 10);
  for (std::int32_t& sign : prior.signs) sign = -1;  // they raise their targets
  const auto [up, down] = found(fit(profiles, prior).mapping, prior);
  CHECK(up == 0);
  CHECK(down < 5);
}

}  // namespace network_prior_test
