#include "training/sparse/q_value_curve.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "dko/training/sparse/effect_q_values.hpp"

using namespace dko;

TEST_CASE("q-values by decoys are monotonous, equal for equal statistics, and at most 1") {
  const std::vector<double> found{5, 1, 3, 3, 2, 4};
  const std::vector<double> above{0, 80, 3, 3, 19, 3};
  const std::vector<double> q = q_values_by_decoys(found, above, 2);
  // By hand: 1/2, 4/4, 4/8, 20/10, 81/12, and from below the least so far.
  CHECK(q == std::vector<double>{0.5, 1, 0.5, 0.5, 1, 0.5});
  CHECK(q_values_by_decoys({}, {}, 1).empty());
}

TEST_CASE("between effects the q-value is that of the one below; beneath all it is 1") {
  const std::vector<double> found{5, 1, 3, 3, 2, 4};
  const std::vector<double> above{0, 80, 3, 3, 19, 3};
  const QValueCurve curve(found, above, 2);
  // By hand, as above: 1/2, 4/4, 4/8, 20/10, 81/12, from below the least so far.
  CHECK(curve.of(0.9) == 1);
  CHECK(curve.of(1) == 1);
  CHECK(curve.of(2.9) == 1);
  CHECK(curve.of(3) == 0.5);
  CHECK(curve.of(4.5) == 0.5);
  CHECK(curve.of(99) == 0.5);
  CHECK(QValueCurve({}, {}, 1).of(7) == 1);
}
