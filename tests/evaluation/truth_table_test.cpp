#include "dko/evaluation/truth_table.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

// Cell 0 expresses genes 0, 1, 2; cell 1 genes 0 and 2; cell 2 gene 1 alone.
ExpressionMatrix small_matrix() {
  return testing::matrix_of({{1, 2, 3}, {1, 0, 1}, {0, 5, 0}});
}

TruthTable read(const std::string& text) {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "truth.csv", text);
  Log log = Log::silent();
  return read_truth(folder / "truth.csv", small_matrix(), log);
}

}  // namespace

TEST_CASE("singles are read by number or name, with or without the second score") {
  const TruthTable both =
      read("gene,cell,K_true_vs_original,K_true_vs_renormalised\n0,0,0.5,0.25\ngene2,cell1,0.1,0\n");
  CHECK(both.order == 1);
  CHECK(both.genes == std::vector<std::int32_t>{0, 2});
  CHECK(both.cells == std::vector<std::int32_t>{0, 1});
  CHECK(both.vs_original == std::vector<double>{0.5, 0.1});
  CHECK(both.vs_renormalised == std::vector<double>{0.25, 0});
  CHECK(read("cell_id,K_true_vs_original,gene_id\n0,0.5,1\n").vs_renormalised.empty());
}

TEST_CASE("pairs have their interactions where the singles are known") {
  const std::string both =
      "gene1,gene2,cell,K_true_vs_original,K_true_vs_renormalised,K_single1,K_single2,"
      "K_single1_vs_renormalised,K_single2_vs_renormalised\n2,0,0,0.5,0.25,0.125,0.25,0.5,0.25\n";
  const TruthTable table = read(both);
  CHECK(table.genes == std::vector<std::int32_t>{0, 2});  // ascending
  CHECK(table.interaction == std::vector<double>{0.125});
  CHECK(table.network_interaction == std::vector<double>{-0.5});
  const TruthTable published = read(
      "gene1,gene2,cell,K_true_vs_original,K_true_vs_renormalised,K_single1,K_single2\n0,2,0,0.5,0.25,0.125,"
      "0.25\n");
  CHECK(published.interaction.size() == 1);
  CHECK(published.network_interaction.empty());
}

TEST_CASE("what a difference of rounded numbers leaves is no interaction") {
  const TruthTable table =
      read("gene1,gene2,cell,K_true_vs_original,K_single1,K_single2\n0,1,0,0.3,0.1,0.2\n");
  CHECK(table.interaction == std::vector<double>{0});  // 0.3 − 0.1 − 0.2 is −2.8e-17
}

TEST_CASE("rows of other data are counted and left out") {
  const TruthTable table =
      read("gene,cell,K_true_vs_original\n0,0,0.5\nActb,0,0.5\nMyc,0,0.5\n0,cell77,0.5\n1,1,0.5\n1,2,0.5\n");
  CHECK(table.size() == 1);
  CHECK(table.left_out.unknown_gene == 2);
  CHECK(table.left_out.gene_example == "Actb");
  CHECK(table.left_out.unknown_cell == 1);
  CHECK(table.left_out.cell_example == "cell77");
  CHECK(table.left_out.not_expressed == 1);   // gene 1 is not in cell 1
  CHECK(table.left_out.leaves_nothing == 1);  // it is all that cell 2 has
}

TEST_CASE("genes with a sign are switched on, where the cell lacks them") {
  const TruthTable table =
      read("gene,cell,K_true_vs_original\n+1,1,0.5\n+gene0,2,0.25\n+0,0,0.5\n+Actb,0,0.5\n");
  CHECK(table.activates);
  CHECK(table.genes == std::vector<std::int32_t>{1, 0});
  CHECK(table.cells == std::vector<std::int32_t>{1, 2});
  CHECK(table.left_out.not_expressed == 1);  // cell 0 has gene 0 already
  CHECK(table.left_out.unknown_gene == 1);
  const TruthTable pairs = read("gene1,gene2,cell,K_true_vs_original\n+2,+0,2,0.5\n");
  CHECK(pairs.activates);
  CHECK(pairs.genes == std::vector<std::int32_t>{0, 2});
  CHECK_FALSE(read("gene,cell,K_true_vs_original\n-gene0,0,0.5\n").activates);
}

TEST_CASE("tables that cannot be used say why and where") {
  const auto refused = [](const std::string& text, const std::string& words) {
    CHECK_THROWS_AS(read(text), InputError);
    CHECK_THROWS_WITH(read(text), Catch::Contains(words));
  };
  refused("", "is empty");
  refused("gene,cell,K_true_vs_original\n", "lists no knockouts");
  refused("gene,cell,k\n0,0,1\n", "line 1: has no column K_true_vs_original");
  refused("gene,K_true_vs_original\n0,1\n", "has no column cell_id");
  refused("gene,cell,K_true_vs_original\n0,0,nan\n", "line 2: 'nan' is not a number between 0 and 1");
  refused("gene,cell,K_true_vs_original\n0,0,x\n", "line 2: 'x' is not a number between 0 and 1");
  refused("gene,cell,K_true_vs_original\n0,0,57.3\n", "line 2: '57.3' is not a number between 0 and 1");
  refused("gene,cell,K_true_vs_original\n0,0,-0.5\n", "line 2: '-0.5' is not a number between 0 and 1");
  refused("gene,cell,K_true_vs_original\n0,0\n", "line 2: has 2 fields, the header 3");
  refused("gene,cell,K_true_vs_original\n0,0,0.1\n1,0,0.1\ngene0,cell0,0.2\n",
          "line 4: this knockout appears twice");
  refused("gene,cell,K_true_vs_original\n0,0,0.1\n+1,1,0.1\n",
          "line 3: genes that are switched on (+) beside");
  refused("gene1,gene2,cell,K_true_vs_original\n+1,-0,1,0.1\n", "line 2: one gene is switched on (+) and");
  refused("gene,cell,K_true_vs_original\n+1,1,0.1\n+gene1,cell1,0.2\n", "line 3: this activation appears");
  refused("gene,cell,K_true_vs_original\n+1,0,0.1\n", "none of its activations fits these data");
  refused("gene1,gene2,cell,K_true_vs_original\n0,0,0,0.1\n", "line 2: both genes of the pair are the same");
  refused("gene1,gene2,gene3,cell,K_true_vs_original\n0,1,2,0,0.1\n", "one or two");
  refused("gene,cell,K_true_vs_original\nActb,0,0.1\n",
          "none of its knockouts fits these data: 1 with unknown genes (such as 'Actb')");
}
