// Computes every metric for the samples on standard input, for metrics_oracle.py to compare with SciPy and
// scikit-learn. A sample is a count and as many numbers in each of four rows: x, y, positive (0 or 1), and
// weights (whole numbers). Prints one line a sample, figures with all their digits, "none" where there is
// none.
#include <cstdio>
#include <iostream>
#include <vector>

#include "dko/metrics/metrics.hpp"

using namespace dko;

namespace {

std::vector<double> row(std::size_t count) {
  std::vector<double> values(count);
  for (double& value : values) std::cin >> value;
  return values;
}

void print(const std::optional<double>& figure) {
  if (figure)
    std::printf("%.17g ", *figure);
  else
    std::printf("none ");
}

}  // namespace

int main() {
  std::size_t count = 0;
  while (std::cin >> count) {
    const std::vector<double> x = row(count);
    const std::vector<double> y = row(count);
    std::vector<bool> positive;
    for (const double label : row(count)) positive.push_back(label > 0);
    const std::vector<double> weights = row(count);
    const RankedValues ranked_x(x);
    const RankedValues ranked_y(y);
    print(spearman(ranked_x, ranked_y));
    print(spearman(ranked_x, ranked_y, weights));
    print(auroc(ranked_x, positive));
    print(auroc(ranked_x, positive, weights));
    print(average_precision(ranked_x, positive));
    print(average_precision(ranked_x, positive, weights));
    print(known_median(x));
    print(weighted_median(x, weights));
    print(bray_curtis(std::vector<float>(x.begin(), x.end()), std::vector<float>(y.begin(), y.end())));
    std::printf("\n");
  }
}
