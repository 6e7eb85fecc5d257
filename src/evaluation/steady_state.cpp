#include "dko/evaluation/steady_state.hpp"

#include <algorithm>
#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <cmath>

namespace dko {

namespace {

constexpr double solver_tolerance = 1e-11;
constexpr double settled = 1e-10;
constexpr double longest = 10000;

double largest(std::span<const double> values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

}  // namespace

void regulation_rates(std::span<const Regulation> network, const std::vector<bool>& absent,
                      std::span<const double> x, std::span<double> rates) {
  for (std::size_t gene = 0; gene < x.size(); ++gene) rates[gene] = -x[gene];
  for (const Regulation& regulation : network) {
    const auto regulator = static_cast<std::size_t>(regulation.regulator);
    if (absent[regulator]) continue;
    const double level = regulation.activates ? x[regulator] : 1.0;
    rates[static_cast<std::size_t>(regulation.target)] += regulation.weight * level / (1 + x[regulator]);
  }
  for (std::size_t gene = 0; gene < x.size(); ++gene) {
    if (absent[gene]) rates[gene] = 0;
  }
}

std::optional<std::vector<double>> steady_state(std::span<const Regulation> network,
                                                const std::vector<bool>& absent, std::vector<double> start) {
  namespace odeint = boost::numeric::odeint;
  using State = std::vector<double>;
  State x = std::move(start);
  for (std::size_t gene = 0; gene < x.size(); ++gene) {
    if (absent[gene]) x[gene] = 0;
  }
  const auto rates = [&](const State& state, State& slope, double) {
    regulation_rates(network, absent, state, slope);
  };
  const auto stepper =
      odeint::make_controlled(solver_tolerance, solver_tolerance, odeint::runge_kutta_dopri5<State>());
  State slope(x.size());
  double time = 0;
  for (double span = 20; time < longest; time += span, span *= 1.5) {
    odeint::integrate_adaptive(stepper, rates, x, time, time + span, 0.1);
    rates(x, slope, time);
    if (largest(slope) > settled) continue;
    for (double& level : x) {
      if (level < least_expression) level = 0;
    }
    return x;
  }
  return std::nullopt;
}

}  // namespace dko
