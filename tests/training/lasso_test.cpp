#include "training/sparse/lasso.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <utility>

#include "dko/base/random.hpp"

using namespace dko;

namespace lasso_test {

constexpr std::size_t folds = 3;

struct Size {
  std::size_t rows_of_fold = 32;  // the last five of each fill it up
  std::size_t candidates = 12;
  std::size_t rows() const { return folds * rows_of_fold; }
};

/// How a design is given its candidates.
enum class Form { bits, values, both };
constexpr std::array forms{Form::bits, Form::values, Form::both};

/// A regression problem with an intercept and one more covariate.
struct Problem {
  explicit Problem(std::uint64_t seed, bool is_weighted = true, Size size = {})
      : rows_of_fold(size.rows_of_fold),
        rows(size.rows()),
        candidates(size.candidates),
        random(seed, "lasso test") {
    for (std::size_t row = 0; row < rows; ++row) {
      const bool is_filling = row % rows_of_fold >= rows_of_fold - 5;
      const auto weight = static_cast<float>(random.uniform(0.2, 2));
      weights.push_back(is_filling ? 0.0F : is_weighted ? weight : 1.0F);
      covariates.push_back(is_filling ? 0.0F : 1.0F);
    }
    for (std::size_t row = 0; row < rows; ++row)
      covariates.push_back(weights[row] == 0 ? 0.0F : static_cast<float>(random.normal()));
    for (std::size_t j = 0; j < candidates; ++j) {
      penalties.push_back(random.uniform(0.5, 2));
      for (std::size_t row = 0; row < rows; ++row)
        columns.push_back(weights[row] != 0 && random.uniform(0, 1) < 0.7 ? 1.0F : 0.0F);
    }
    for (std::size_t row = 0; row < rows; ++row) {
      const double value = 1 + 0.8 * static_cast<double>(covariates[rows + row]) + 1.5 * column(2)[row] -
                           static_cast<double>(column(7)[row]) + 0.3 * random.normal();
      targets.push_back(weights[row] == 0 ? 0.0F : static_cast<float>(value));
    }
    bits = as_bits();
  }
  const float* column(std::size_t j) const { return columns.data() + j * rows; }

  BitColumns as_bits() const {
    BitColumns found;
    found.reset(rows, candidates);
    for (std::size_t at = 0; at < columns.size(); ++at) {
      const std::size_t row = at % rows;
      if (columns[at] != 0)
        found.set_word(row / 32, at / rows, found.word(row / 32, at / rows) | std::uint32_t{1} << row % 32);
    }
    return found;
  }

  FoldedDesign design(GramMemory& memory) const {
    FoldStarts starts{0};
    while (starts.size() <= folds) starts.push_back(starts.back() + static_cast<std::int64_t>(rows_of_fold));
    return {std::move(starts), covariates, targets, weights, bits, memory};
  }
  /// Candidates [first, last), as bits or as values.
  std::vector<NewCandidate> some(std::size_t first, std::size_t last, Form form,
                                 const std::vector<std::int32_t>& signs = {}) const {
    std::vector<NewCandidate> some;
    for (std::size_t j = first; j < last; ++j) {
      some.push_back({.penalty = penalties[j], .column = j, .values = {}});
      if (!signs.empty()) some.back().sign = signs[j];
      if (form == Form::values || (form == Form::both && j % 3 == 0))
        some.back().values = std::span(columns).subspan(j * rows, rows);
    }
    return some;
  }

  bool in_fit(std::size_t row, std::int64_t left_out) const {
    return static_cast<std::int64_t>(row / rows_of_fold) != left_out;
  }

  std::size_t rows_of_fold;
  std::size_t rows;
  std::size_t candidates;
  RandomStream random;
  std::vector<float> weights;
  std::vector<float> covariates;
  std::vector<float> columns;
  std::vector<double> penalties;
  std::vector<float> targets;
  BitColumns bits;  // the columns
};

/// The conditions that the minimum of the fit's function alone fulfils (Karush-Kuhn-Tucker), from residuals.
/// `slack` is what the fit's tolerance leaves of gradients, beside what it does where candidates are few.
void check_optimal(const Problem& problem, const LassoFit& fit, std::int64_t left_out, double lambda,
                   double slack = 0) {
  const std::vector<double> gamma = fit.covariate_effects();
  const std::size_t rows = problem.rows;
  std::vector<double> pull(rows, 0.0);
  for (std::size_t row = 0; row < rows; ++row) {
    if (!problem.in_fit(row, left_out)) continue;
    double residual = static_cast<double>(problem.targets[row]);
    for (std::size_t k = 0; k < 2; ++k)
      residual -= gamma[k] * static_cast<double>(problem.covariates[k * rows + row]);
    for (std::size_t j = 0; j < problem.candidates; ++j)
      residual -= fit.effects()[j] * static_cast<double>(problem.column(j)[row]);
    pull[row] = static_cast<double>(problem.weights[row]) * residual;
  }
  for (std::size_t k = 0; k < 2; ++k) {
    double gradient = 0;
    for (std::size_t row = 0; row < rows; ++row)
      gradient += pull[row] * static_cast<double>(problem.covariates[k * rows + row]);
    CHECK(std::abs(gradient) < 1e-3);
  }
  for (std::size_t j = 0; j < problem.candidates; ++j) {
    double gradient = 0;
    for (std::size_t row = 0; row < rows; ++row)
      gradient += pull[row] * static_cast<double>(problem.column(j)[row]);
    const double bound = lambda * problem.penalties[j];
    const double effect = fit.effects()[j];
    if (effect == 0)
      CHECK(std::abs(gradient) <= bound * 1.001 + 1e-3 + slack);
    else
      CHECK(gradient == Approx(effect > 0 ? bound : -bound).margin(0.05 + slack));
  }
}

TEST_CASE("lasso fits are optimal, on all rows and without each fold, down a path of penalties") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
    const Problem problem(seed, seed < 4);
    GramMemory memory;
    FoldedDesign design = problem.design(memory);
    const Form form = forms[seed % forms.size()];
    // Candidates come in two parts, the second when fits are under way.
    design.add_candidates(problem.some(0, 5, form));
    std::array<DescentMemory, folds + 1> of_fits;
    std::vector<LassoFit> fits;
    for (std::int64_t left_out = LassoFit::no_fold; left_out < 3; ++left_out)
      fits.emplace_back(design, left_out, of_fits[fits.size()]);
    for (LassoFit& fit : fits) fit.solve(8);
    design.add_candidates(problem.some(5, problem.candidates, form));
    for (const double lambda : {8.0, 3.0, 1.0, 0.2}) {
      for (std::size_t at = 0; at < fits.size(); ++at) {
        fits[at].extend();
        fits[at].solve(lambda);
        check_optimal(problem, fits[at], static_cast<std::int64_t>(at) - 1, lambda);
      }
    }
    CHECK(fits.front().effects()[2] > 1);
    CHECK(fits.front().effects()[7] < -0.5);
  }
}

TEST_CASE("fits of many effects are optimal, in memory that others used before") {
  constexpr double slack = 0.01;
  GramMemory memory;
  DescentMemory of_fit;
  for (const std::uint64_t seed : {7U, 8U}) {
    const Problem problem(seed, seed == 7, {.rows_of_fold = 256, .candidates = 200});
    FoldedDesign design = problem.design(memory);
    design.add_candidates(problem.some(0, problem.candidates, Form::both));
    for (const std::int64_t left_out : {LassoFit::no_fold, std::int64_t{1}}) {
      LassoFit fit(design, left_out, of_fit);
      for (const double lambda : {20.0, 2.0, 0.5}) {
        for (int again = 0; again < 50; ++again) fit.solve(lambda);  // beyond the tolerance of one
        check_optimal(problem, fit, left_out, lambda, slack);
      }
      CHECK(std::count(fit.effects().begin(), fit.effects().end(), 0.0) < 60);
    }
  }
}

TEST_CASE("a candidate that is barred stays out, and others are as if it were not there") {
  const Problem problem(3);
  GramMemory memory;
  DescentMemory of_fit;
  FoldedDesign design = problem.design(memory);
  design.add_candidates(problem.some(0, problem.candidates, Form::bits));
  Problem without = problem;
  without.penalties[2] = 1e9;
  for (const bool bars : {true, false}) {
    LassoFit fit(design, 0, of_fit);
    if (bars) fit.bar(2);
    for (const double lambda : {3.0, 0.2}) {
      fit.solve(lambda);
      CHECK((fit.effects()[2] == 0) == bars);
      check_optimal(bars ? without : problem, fit, 0, lambda);
    }
  }
}

TEST_CASE("effects that must have a sign are optimal among those that have it") {
  const Problem problem(5);
  const auto solved = [&](const std::vector<std::int32_t>& signs, const auto& check) {
    GramMemory memory;
    DescentMemory of_fit;
    FoldedDesign design = problem.design(memory);
    design.add_candidates(problem.some(0, problem.candidates, Form::bits, signs));
    LassoFit fit(design, LassoFit::no_fold, of_fit);
    for (const double lambda : {3.0, 0.2}) {
      fit.solve(lambda);
      check(fit, lambda);
    }
  };
  // Signs that the free fit has anyway change nothing; the opposite ones leave the covariates alone.
  std::vector<std::int32_t> as_they_are;
  solved({}, [&](const LassoFit& fit, double) {
    as_they_are.clear();
    for (const double effect : fit.effects()) as_they_are.push_back(effect > 0 ? 1 : -1);
  });
  REQUIRE(as_they_are[2] == 1);
  REQUIRE(as_they_are[7] == -1);
  solved(as_they_are, [&](const LassoFit& fit, double lambda) {
    if (lambda < 1) check_optimal(problem, fit, LassoFit::no_fold, lambda);
  });
  // One sign is held: the least is no worse than that of the problem without this candidate, and has none of
  // it.
  std::vector<std::int32_t> one(problem.candidates, 0);
  one[2] = -1;
  Problem without = problem;
  without.penalties[2] = 1e9;
  solved(one, [&](const LassoFit& fit, double lambda) {
    CHECK(fit.effects()[2] == 0);
    check_optimal(without, fit, LassoFit::no_fold, lambda);
  });
}

TEST_CASE("a large enough penalty leaves the covariates alone, and fitted values follow from the effects") {
  const Problem problem(4);
  GramMemory memory;
  DescentMemory of_fit;
  FoldedDesign design = problem.design(memory);
  design.add_candidates(problem.some(0, problem.candidates, Form::bits));
  LassoFit fit(design, LassoFit::no_fold, of_fit);
  fit.solve(1e6);
  for (const double effect : fit.effects()) CHECK(effect == 0);
  fit.solve(1);
  const std::vector<double> gamma = fit.covariate_effects();
  const std::vector<double> fitted = fit.fitted(40, 50);
  for (std::size_t row = 40; row < 50; ++row) {
    double value = gamma[0] * static_cast<double>(problem.covariates[row]) +
                   gamma[1] * static_cast<double>(problem.covariates[problem.rows + row]);
    for (std::size_t j = 0; j < problem.candidates; ++j)
      value += fit.effects()[j] * static_cast<double>(problem.column(j)[row]);
    CHECK(fitted[row - 40] == Approx(value));
  }
}

TEST_CASE("products of candidates are those of plain sums, however they are given") {
  const Problem problem(6);
  const std::size_t rows = problem.rows;
  GramMemory memory;  // one for all: rows of one design must not show in another
  for (const Form form : forms) {
    FoldedDesign design = problem.design(memory);
    const auto check = [&](std::size_t count) {
      for (std::size_t j = 0; j < count; ++j) {
        for (std::size_t fold = 0; fold <= folds; ++fold) {
          const auto found = design.products(static_cast<std::int64_t>(j), static_cast<std::int64_t>(fold));
          REQUIRE(found.size() == count);
          for (std::size_t other = 0; other < count; ++other) {
            double sum = 0;
            for (std::size_t row = 0; row < rows; ++row) {
              if (fold == folds || row / problem.rows_of_fold == fold)
                sum += static_cast<double>(problem.weights[row] * problem.column(j)[row] *
                                           problem.column(other)[row]);
            }
            CHECK(static_cast<double>(found[other]) == Approx(sum).margin(1e-5));
          }
        }
      }
    };
    design.add_candidates(problem.some(0, 7, form));
    check(7);
    design.add_candidates(problem.some(7, problem.candidates, form));
    check(problem.candidates);
    double ones = 0;
    for (std::size_t row = 0; row < rows; ++row) ones += static_cast<double>(problem.column(3)[row]);
    CHECK(design.sum(3) == ones);
  }
}

}  // namespace lasso_test
