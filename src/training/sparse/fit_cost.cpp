#include "fit_cost.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

// What grows with the cells, and the descent, which does not: fitted to fits of counts of 200 genes × 2,400
// cells, 400 × 1,000, 600 × 400 and 1,000 × 4,000 on a core that others used, too, in parts of the time that
// the program before took in the same run; that took 13 to 46 s for 1,000 genes × 1,000 to 4,000 cells on one
// core of an AMD EPYC (Zen 4).
constexpr double of_cells = 1.7e-9;
constexpr double of_descent = 1.6e-7;
constexpr double power_of_genes = 1.5;  // of the descent
constexpr double power_of_expressing = 1.5;
// A fit to choose the number of factors, in parts of one in the first round; that they share the products of
// a gene since is not in it.
constexpr double abundant = 1.1;
constexpr double settling = 0.7;  // the last round, likewise
constexpr double of_prior = 0.8;

// What takes a step for each gene of each cell.
constexpr double of_cell = 7e-8;
constexpr double of_gene_and_cell = 2e-10;
constexpr double refit = 2.6;  // the second round, in parts of one draw of decoys

double first_round_cost(const FitSize& size, double expressing) {
  return (of_cells * size.cells * size.genes + of_descent * std::pow(size.genes, power_of_genes)) *
         std::pow(expressing / std::max(1.0, size.cells), power_of_expressing);
}

}  // namespace

double factor_fit_cost(const FitSize& size, double expressing) {
  return abundant * first_round_cost(size, expressing);
}

double round_cost(const FitSize& size, double expressing, std::int64_t round) {
  if (round == 1) return refit * decoy_cost(size, expressing);
  return (round == 0 ? 1 : settling) * first_round_cost(size, expressing);
}

double prior_fit_cost(const FitSize& size, double expressing) {
  return of_prior * first_round_cost(size, expressing);
}

double decoy_cost(const FitSize& size, double expressing) {
  return expressing * (of_cell + of_gene_and_cell * size.genes);
}

std::int64_t work_of(double seconds) {
  constexpr double nanoseconds = 1e9;
  return 1 + std::llround(nanoseconds * seconds);
}

}  // namespace dko
