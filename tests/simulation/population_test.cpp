#include "dko/simulation/population.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace dko;

TEST_CASE("genes that are always on are absent from no cell, and the others as often as asked") {
  const Population population({.absent = 0.5, .always_on = 0.3, .seed = 4}, 40);
  REQUIRE(population.always_on().size() == 12);
  for (std::int64_t cell = 0; cell < 50; ++cell) {
    const CellNature nature = population.nature(cell, 0);
    CHECK(std::count(nature.absent.begin(), nature.absent.end(), true) == 14);  // half of 28
    for (const std::int64_t gene : population.always_on())
      CHECK_FALSE(nature.absent[static_cast<std::size_t>(gene)]);
    CHECK(nature.rates.empty());
  }
}

TEST_CASE("types differ in rates and absences, states in rates alone") {
  const Population population({.absent = 0.4, .types = 3, .states = 2, .seed = 1}, 30);
  std::set<std::vector<double>> rates;
  std::set<std::int64_t> types;
  double absent = 0;
  std::vector<std::vector<double>> by_type(3, std::vector<double>(30));
  std::vector<double> cells(3);
  for (std::int64_t cell = 0; cell < 3000; ++cell) {
    const CellNature nature = population.nature(cell, 0);
    const auto type = static_cast<std::size_t>(nature.kind.type);
    types.insert(nature.kind.type);
    rates.insert(nature.rates);
    cells[type] += 1;
    for (std::size_t gene = 0; gene < 30; ++gene) by_type[type][gene] += nature.absent[gene] ? 1 : 0;
    absent += static_cast<double>(std::count(nature.absent.begin(), nature.absent.end(), true));
  }
  CHECK(types.size() == 3);
  CHECK(rates.size() == 6);  // one for each type and state
  CHECK(absent / 3000 / 30 == Approx(0.4).epsilon(0.15));
  // The absences of two types differ by more than sampling: by 0.27 on average where they are uniform in (0,
  // 0.8).
  double difference = 0;
  for (std::size_t gene = 0; gene < 30; ++gene)
    difference += std::abs(by_type[0][gene] / cells[0] - by_type[1][gene] / cells[1]) / 30;
  CHECK(difference > 0.1);
}

TEST_CASE("noise of rates is log-normal of median 1, and independent between genes and cells") {
  const Population population({.rate_noise = 0.3, .seed = 2}, 20);
  double sum = 0;
  double squares = 0;
  double products = 0;
  for (std::int64_t cell = 0; cell < 1000; ++cell) {
    const CellNature nature = population.nature(cell, 0);
    for (const double rate : nature.rates) {
      sum += std::log(rate);
      squares += std::log(rate) * std::log(rate);
    }
    products += std::log(nature.rates[0]) * std::log(nature.rates[1]);
  }
  CHECK(sum / 20000 == Approx(0).margin(0.01));
  CHECK(squares / 20000 == Approx(0.09).epsilon(0.05));
  CHECK(products / 1000 == Approx(0).margin(0.01));
}

TEST_CASE("a nature depends on seed, cell and draw alone; another draw keeps the kind") {
  const PopulationOptions options{.types = 4, .rate_noise = 0.2, .seed = 7};
  const Population one(options, 25);
  const Population again(options, 25);
  const CellNature first = one.nature(3, 0);
  CHECK(first.absent == again.nature(3, 0).absent);
  CHECK(first.rates == again.nature(3, 0).rates);
  CHECK(first.start == again.nature(3, 0).start);
  CHECK(one.nature(3, 1).start != first.start);
  CHECK(one.nature(3, 1).kind.type == first.kind.type);
}
