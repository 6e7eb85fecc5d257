#include "fit_cost.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

// How costs grow was fitted to fits of counts of 200 genes x 600 and 2,400 cells, 600 x 400 and 1,500 x
// 1,000; their scale to 1,000 genes x 1,000 to 4,000 cells on one core of an AMD EPYC (Zen 4): 13 to 46 s in
// all.
constexpr double scale = 1.2e-8;
constexpr double power_of_cells = 0.83;
constexpr double power_of_genes = 1.13;
constexpr double power_of_expressing = 1.5;
constexpr double abundant = 1.1;  // a fit to choose the number of factors, in parts of one in the first round
constexpr double settling = 0.7;  // the last round, likewise
constexpr double of_prior = 0.8;

// What takes a step for each gene of each cell.
constexpr double of_cell = 7e-8;
constexpr double of_gene_and_cell = 3.3e-10;
constexpr double refit = 2.6;  // the second round, in parts of one draw of decoys

double first_round_cost(const FitSize& size, double expressing) {
  return scale * std::pow(size.cells, power_of_cells) * std::pow(size.genes, power_of_genes) *
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
