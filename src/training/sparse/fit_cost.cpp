#include "fit_cost.hpp"

#include <array>
#include <cmath>

namespace dko {

namespace {

// What a piece of work takes: seconds · expressing^of_cells · genes^of_genes. Fitted to what each gene took
// of nine fits to counts of 200 genes × 2,400 cells to 10,000 × 500, on one core of an Intel Xeon with
// AVX-512 (family 6, model 207). Whole stages of these took 0.5 to 2 times as much: how many genes are
// candidates, and how many factors there are, is not known beforehand.
struct PowerLaw {
  double seconds;
  double of_cells;
  double of_genes;
};

constexpr PowerLaw of_choosing{9e-7, 0.42, 0.79};
constexpr std::array<PowerLaw, 3> of_rounds{{{2.8e-7, 0.46, 0.9}, {3.6e-8, 0.31, 1.09}, {2e-7, 0.44, 0.95}}};
constexpr PowerLaw looking_at_effects{3.3e-8, 0.88, 0.48};
constexpr PowerLaw looking_at_decoys{3e-9, 0.53, 1.07};
constexpr double of_prior = 0.8;  // a fit by one factor of a prior, in parts of one in the first round

double seconds_of(const PowerLaw& law, double genes, double expressing) {
  return law.seconds * std::pow(expressing, law.of_cells) * std::pow(genes, law.of_genes);
}

}  // namespace

double factor_fit_cost(double genes, double expressing) {
  return seconds_of(of_choosing, genes, expressing);
}

double round_cost(double genes, double expressing, std::int64_t round) {
  return seconds_of(of_rounds.at(static_cast<std::size_t>(round)), genes, expressing);
}

double prior_fit_cost(double genes, double expressing) {
  return of_prior * round_cost(genes, expressing, 0);
}

double effects_cost(double genes, double expressing) {
  return seconds_of(looking_at_effects, genes, expressing);
}

double decoy_cost(double genes, double expressing) {
  return seconds_of(looking_at_decoys, genes, expressing);
}

std::int64_t work_of(double seconds) {
  constexpr double nanoseconds = 1e9;
  return 1 + std::llround(nanoseconds * seconds);
}

}  // namespace dko
