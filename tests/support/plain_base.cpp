#include "plain_base.hpp"

#include <algorithm>
#include <cmath>

#include "full_network.hpp"

namespace dko::testing {

namespace {

void normalise(std::vector<double>& profile) {
  double total = 0;
  for (const double share : profile) total += share;
  for (double& share : profile) share = total > 0 ? share / total : 0;
}

}  // namespace

std::vector<double> PlainBase::profile(std::span<const std::int32_t> removed) const {
  const std::vector<double> q = fitted({});
  const std::vector<double> after = fitted(removed);
  const auto expressed =
      static_cast<double>(std::count_if(observed.begin(), observed.end(), [](double p) { return p > 0; }));
  std::vector<double> b(q.size(), 0.0);
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (!(observed[i] > 0)) continue;
    double weight = 0;
    if (base == Base::observed || (base == Base::shrunk && std::isinf(total))) weight = 1;
    if (base == Base::shrunk && !std::isinf(total)) weight = variances[i] / (variances[i] + q[i] / total);
    const double share = (1 - weight) * q[i] + weight * observed[i];
    if (!(q[i] > 0) || q[i] < 1e-6 / expressed)
      b[i] = after[i];
    else
      b[i] = share * after[i] / q[i];
  }
  normalise(b);
  return b;
}

KnockoutScores PlainBase::scores(std::span<const std::int32_t> removed) const {
  const std::vector<double> before = profile({});
  const std::vector<double> after = profile(removed);
  return {full_distance(after, before), rescaled_distance(after, before, removed)};
}

}  // namespace dko::testing
