#include "dko/evaluation/real_knockout.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/error.hpp"
#include "support/full_network.hpp"
#include "support/screens.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

RealKnockout read(const std::string& text, const ExpressionMatrix& matrix) {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "real.csv", text);
  return read_real_knockout(folder / "real.csv", matrix);
}

std::vector<double> mean_profile(const std::vector<Mapping>& members, std::span<const std::int32_t> genes) {
  std::vector<double> mean(static_cast<std::size_t>(members[0].shape().genes), 0.0);
  for (const Mapping& member : members) {
    const auto profile = testing::full_profile(member, genes);
    for (std::size_t gene = 0; gene < mean.size(); ++gene)
      mean[gene] += profile[gene] / static_cast<double>(members.size());
  }
  return mean;
}

}  // namespace

TEST_CASE("predicted changes are the full network's, averaged over the cells that express the gene") {
  const auto profiles = testing::random_matrix(7, 9, 0.6, 51).relative_profiles();
  const auto members = testing::random_members(GENERATE(1, 3), {9, 9}, 52);
  const std::vector<std::int32_t> lost{4, 1};
  const auto changes =
      predicted_changes(profiles, testing::collapsed(members), lost, Communicator::one_rank());
  for (std::size_t at = 0; at < lost.size(); ++at) {
    std::vector<double> before(9, 0.0);
    std::vector<double> after(9, 0.0);
    int cells = 0;
    for (std::int64_t cell = 0; cell < 7; ++cell) {
      const auto genes = profiles.expressed(cell);
      if (genes.size() < 2 || std::find(genes.begin(), genes.end(), lost[at]) == genes.end()) continue;
      std::vector<std::int32_t> left(genes.begin(), genes.end());
      std::erase(left, lost[at]);
      const auto intact = mean_profile(members, genes);
      const auto without = mean_profile(members, left);
      const double rest = 1 - intact[static_cast<std::size_t>(lost[at])];
      for (std::size_t gene = 0; gene < 9; ++gene) {
        if (static_cast<std::int32_t>(gene) != lost[at]) before[gene] += intact[gene] / rest;
        after[gene] += without[gene];
      }
      ++cells;
    }
    REQUIRE(changes[at].cells == cells);
    for (std::size_t gene = 0; gene < 9; ++gene) {
      CHECK(changes[at].before[gene] == Approx(before[gene] / cells).margin(1e-12));
      CHECK(changes[at].after[gene] == Approx(after[gene] / cells).margin(1e-12));
    }
  }
}

TEST_CASE("contrasts are between cells that express the gene and cells that do not") {
  const auto profiles = testing::matrix_of({{2, 1, 1}, {0, 3, 1}, {1, 1, 0}, {0, 0, 4}}).relative_profiles();
  const std::vector<std::int32_t> genes{0};
  const MeanChange change = observed_contrasts(profiles, genes, Communicator::one_rank())[0];
  CHECK(change.cells == 2);
  CHECK(change.cells_after == 2);
  CHECK(change.before[0] == 0);
  CHECK(change.before[1] == Approx((0.5 + 1) / 2));
  CHECK(change.after[1] == Approx(0.75 / 2));
  CHECK(change.log2_change(1).value() == Approx(std::log2(0.375 / 0.75)));
  CHECK_FALSE(change.log2_change(0).has_value());
}

TEST_CASE("agreement leaves the knocked-out gene out, and counts signs") {
  RealKnockout truth{{0, 1, 2, 3, 4}, {-9, 1, -1, 2, 0}, {true, true, true, false, false}, 0, 0};
  const MeanChange predicted{5, 5, {1, 1, 1, 1, 1}, {1, 2, 4, 8, 16}};  // log2: 0 1 2 3 4
  const ChangeAgreement agreement = compare_changes(truth, predicted, 0);
  CHECK(agreement.genes == 4);
  CHECK(agreement.signs == 3);
  CHECK(agreement.same_sign == 2);
  CHECK(agreement.significant_signs == 2);
  CHECK(agreement.significant_same_sign == 1);
  // Ranks of the truth 3 1 4 2, of the prediction 1 2 3 4.
  CHECK(agreement.spearman.value() == Approx(0).margin(1e-12));
}

TEST_CASE("the permutation p counts the real gene among the others") {
  CHECK(permutation_p(0.5, {0.1, 0.5, 0.7, 0.2}) == Approx(3.0 / 5));
  CHECK(permutation_p(0.9, {0.1, 0.5, 0.7}) == Approx(1.0 / 4));
  CHECK(permutation_p(0.1 + 0.2, {0.3, 0.2}) == Approx(2.0 / 3));  // 0.1 + 0.2 is rounded to more than 0.3
}

TEST_CASE("tables of real knockouts are read, or refused with the line") {
  const auto matrix = testing::random_matrix(3, 5, 0.9, 1);
  const RealKnockout truth =
      read("gene,log2fc,p\ngene0,1,0.01\ngene3,-1,0.5\nMyc,2,0.1\ngene1,inf,0.1\ngene2,0.5,0.04\n", matrix);
  CHECK(truth.genes == std::vector<std::int32_t>{0, 3, 2});
  CHECK(truth.significant == std::vector<bool>{true, false, true});
  CHECK(truth.unknown == 1);
  CHECK(truth.undefined == 1);
  CHECK_THROWS_WITH(read("gene,change\ngene0,1\n", matrix),
                    Catch::Contains("needs the columns gene and log2fc"));
  CHECK_THROWS_WITH(read("gene,log2fc\ngene0,1\ngene0,1\n", matrix),
                    Catch::Contains("line 3: gene gene0 appears twice"));
  CHECK_THROWS_WITH(read("gene,log2fc\ngene0,high\n", matrix),
                    Catch::Contains("line 2: 'high' in column 2 is not a number"));
  CHECK_THROWS_WITH(read("gene,log2fc,p\ngene0,1,1.5\n", matrix),
                    Catch::Contains("line 2: p = 1.5 is not between"));
  CHECK_THROWS_WITH(read("gene,log2fc\nMyc,1\n", matrix), Catch::Contains("too few to compare"));
}

TEST_CASE("tables as R writes them: row names without a title, and NA") {
  const auto matrix = testing::random_matrix(3, 5, 0.9, 1);
  const RealKnockout truth = read(
      "\"\",\"log2FoldChange\",\"pvalue\"\n\"gene0\",1,NA\n\"gene1\",NA,NA\n\"gene2\",2,0.01\n\"gene3\",-1,0."
      "2\n",
      matrix);
  CHECK(truth.genes == std::vector<std::int32_t>{0, 2, 3});
  CHECK(truth.significant == std::vector<bool>{false, true, false});
  CHECK(truth.undefined == 1);
}

TEST_CASE("numbers are genes only in a column gene_index") {
  const auto matrix = testing::random_matrix(3, 5, 0.9, 1);
  CHECK_THROWS_WITH(read("gene,log2fc\n0,1\n1,2\n2,1\n", matrix),
                    Catch::Contains("0 genes of these data in it"));
  CHECK(read("gene_index,log2fc\n0,1\n1,2\n2,1\n", matrix).genes == std::vector<std::int32_t>{0, 1, 2});
}

TEST_CASE("a change by rounding alone has no direction") {
  const MeanChange change{1, 1, {0.3, 0.3, 0.3}, {0.3, 0.3 + 1e-16, 0.30001}};
  CHECK(change.log2_change(1).value() == 0);
  CHECK(change.log2_change(2).value() > 0);
}

TEST_CASE("a gene with nearly all of a cell's expression leaves the others whole") {
  // Its share rounds to one in single precision.
  const auto profiles = testing::matrix_of({{1e9F, 1, 3}, {0, 1, 1}}).relative_profiles();
  const std::vector<std::int32_t> genes{0};
  const MeanChange change = observed_contrasts(profiles, genes, Communicator::one_rank())[0];
  CHECK(change.before[1] == Approx(0.25));
  CHECK(change.before[2] == Approx(0.75));
}
