#include "dko/simulation/steady_state.hpp"

#include <algorithm>
#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <cmath>
#include <limits>
#include <utility>

namespace dko {

namespace {

using State = std::vector<double>;

constexpr double solver_tolerance = 1e-9;
constexpr double settling = 1e-5;    // slope from which on the fixed point is looked for
constexpr double high_level = 1000;  // above, slopes are in parts of levels
constexpr double longest = 10000;
constexpr double largest_level = std::numeric_limits<float>::max();  // what files hold

constexpr double converged = 1e-13;
constexpr int most_iterations = 20000;
constexpr int iterations_between_checks = 50;
constexpr double smallest_step = 1.0 / 64;

/// What of the entries of all genes is of those that are present. Nothing of nothing.
State present_of(std::span<const double> all, const std::vector<bool>& absent) {
  State present;
  for (std::size_t gene = 0; gene < all.size(); ++gene) {
    if (!absent[gene]) present.push_back(all[gene]);
  }
  return present;
}

State of_all_genes(const State& present, const std::vector<bool>& absent) {
  State all(absent.size());
  auto next = present.begin();
  for (std::size_t gene = 0; gene < absent.size(); ++gene) {
    if (!absent[gene]) all[gene] = *next++;
  }
  return all;
}

void clear_remnants(State& x) {
  for (double& level : x) {
    if (level < least_expression) level = 0;
  }
}

/// The stable fixed point of F that Euler steps reach from `x`, if they do.
std::optional<State> fixed_point(const RegulatoryDynamics& dynamics, std::span<const double> rates, State x) {
  State production(x.size());
  double step = 1;
  double last_change = std::numeric_limits<double>::infinity();
  for (int iteration = 1; iteration <= most_iterations; ++iteration) {
    dynamics.production(rates, x, production);
    double change = 0;
    double largest = 1;
    for (std::size_t gene = 0; gene < x.size(); ++gene) {
      if (!(production[gene] <= largest_level)) return std::nullopt;
      change = std::max(change, std::abs(production[gene] - x[gene]));
      largest = std::max(largest, x[gene]);
      x[gene] += step * (production[gene] - x[gene]);
    }
    if (change <= converged * largest) return x;
    if (iteration % iterations_between_checks != 0) continue;
    if (change >= last_change) step /= 2;
    if (step < smallest_step) return std::nullopt;
    last_change = change;
  }
  return std::nullopt;
}

double largest_of(const State& values) {
  double most = 0;
  for (const double value : values) {
    if (!(std::abs(value) <= largest_level)) return std::numeric_limits<double>::infinity();
    most = std::max(most, std::abs(value));
  }
  return most;
}

/// Slopes of high levels are not known better than these.
bool is_settling(const State& levels, const State& slope) {
  const double steepest = largest_of(slope);
  return std::isfinite(steepest) && steepest <= settling * std::max(1.0, largest_of(levels) / high_level);
}

/// The steady state of a cell that lacks no gene.
std::optional<State> integrated(const RegulatoryDynamics& dynamics, std::span<const double> rates, State x) {
  namespace odeint = boost::numeric::odeint;
  const auto slopes = [&](const State& state, State& slope, double) {
    dynamics.production(rates, state, slope);
    for (std::size_t gene = 0; gene < state.size(); ++gene) slope[gene] -= state[gene];
  };
  const auto stepper =
      odeint::make_controlled(solver_tolerance, solver_tolerance, odeint::runge_kutta_dopri5<State>());
  State slope(x.size());
  double time = 0;
  for (double span = 10; time < longest; time += span, span *= 1.5) {
    odeint::integrate_adaptive(stepper, slopes, x, time, time + span, 0.1);
    slopes(x, slope, time);
    if (!is_settling(x, slope)) continue;
    if (auto settled = fixed_point(dynamics, rates, x)) return settled;
  }
  return std::nullopt;
}

std::optional<State> of_cell(std::optional<State> settled, const std::vector<bool>& absent) {
  if (!settled) return settled;
  clear_remnants(*settled);
  return of_all_genes(*settled, absent);
}

}  // namespace

std::optional<State> steady_state(const RegulatoryDynamics& dynamics, const std::vector<bool>& absent,
                                  const std::vector<double>& start, std::span<const double> rates) {
  return of_cell(integrated(dynamics.without(absent), present_of(rates, absent), present_of(start, absent)),
                 absent);
}

std::optional<State> resettled(const RegulatoryDynamics& dynamics, const std::vector<bool>& absent,
                               const std::vector<double>& start, std::span<const double> rates) {
  const RegulatoryDynamics present = dynamics.without(absent);
  const State rates_of_present = present_of(rates, absent);
  State x = present_of(start, absent);
  auto settled = fixed_point(present, rates_of_present, x);
  if (!settled) settled = integrated(present, rates_of_present, std::move(x));
  return of_cell(std::move(settled), absent);
}

}  // namespace dko
