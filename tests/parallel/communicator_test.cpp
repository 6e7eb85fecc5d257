#include "dko/parallel/communicator.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>

#include "dko/base/random.hpp"
#include "dko/parallel/exchange.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {
int rank() {
  return testing::world().rank();
}
int size() {
  return testing::world().size();
}

/// In order, by the names that the ranks tell each other.
std::vector<int> ranks_of_this_host() {
  std::array<char, 256> name{};
  REQUIRE(gethostname(name.data(), name.size() - 1) == 0);
  std::vector<int> here;
  for (int other = 0; other < size(); ++other) {
    std::string host = name.data();
    testing::world().broadcast(host, other);
    if (host == name.data()) here.push_back(other);
  }
  return here;
}
}  // namespace

TEST_CASE("what any rank broadcasts reaches all") {
  for (int root = 0; root < size(); ++root) {
    std::vector<std::int64_t> values;
    if (rank() == root) values = {root, 7, 8};
    testing::world().broadcast(values, root);
    CHECK(values == std::vector<std::int64_t>{root, 7, 8});
    double number = rank() == root ? 2.5 : 0;
    testing::world().broadcast(number, root);
    CHECK(number == 2.5);
    std::string text = rank() == root ? "größe" : "other";
    testing::world().broadcast(text, root);
    CHECK(text == "größe");
    std::vector<std::string> texts;
    if (rank() == root) texts = {"", "a", "bc"};
    testing::world().broadcast(texts, root);
    CHECK(texts == std::vector<std::string>{"", "a", "bc"});
    for (const bool told : {false, true}) {
      bool flag = rank() == root && told;
      testing::world().broadcast(flag, root);
      CHECK(flag == told);
    }
  }
}

TEST_CASE("what all ranks have is gathered in their order, different numbers and none included") {
  std::vector<std::int64_t> mine(static_cast<std::size_t>(rank() % 3), rank());
  const auto all = testing::world().gather(std::span<const std::int64_t>(mine));
  REQUIRE(all.is_here() == (rank() == 0));
  std::vector<std::int64_t> expected;
  for (int of = 0; of < size(); ++of) expected.insert(expected.end(), static_cast<std::size_t>(of % 3), of);
  if (rank() == 0) CHECK(*all == expected);
  CHECK(testing::world().broadcast(all) == expected);
}

TEST_CASE("what one rank has goes to rank 0, and to no other") {
  for (int from = 0; from < size(); ++from) {
    const std::vector<float> mine(5, static_cast<float>(rank()));
    const auto moved = testing::world().to_root(std::span<const float>(mine), from);
    REQUIRE(moved.is_here() == (rank() == 0));
    if (rank() == 0) CHECK(*moved == std::vector<float>(5, static_cast<float>(from)));
  }
}

TEST_CASE("sums and maxima are over all ranks") {
  std::vector<float> values(1000);
  std::iota(values.begin(), values.end(), static_cast<float>(rank()));
  testing::world().sum(std::span<float>(values));
  const int ranks = size();
  for (int at = 0; at < 1000; ++at) {
    CHECK(values[static_cast<std::size_t>(at)] == static_cast<float>(ranks * at + ranks * (ranks - 1) / 2));
  }
  CHECK(testing::world().sum(std::int64_t{1} << 40) == (std::int64_t{1} << 40) * ranks);
  CHECK(testing::world().max(rank()) == ranks - 1);
  std::vector<double> none;
  testing::world().sum(std::span<double>(none));
}

TEST_CASE("ranks that wait idly wait until the last has come") {
  // One machine has one clock.
  const auto now = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  for (int last = 0; last < size(); ++last) {
    if (rank() == last) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const double came = now();
    testing::world().idle_barrier();
    const double left = now();
    CHECK(left >= testing::world().max(came));
  }
}

TEST_CASE("a communicator splits by colour, and by node") {
  const Communicator part = testing::world().split(rank() % 2);
  CHECK(part.size() == (size() + 1 - rank() % 2) / 2);
  CHECK(part.rank() == rank() / 2);
  CHECK(part.sum(1) == part.size());
  const Communicator node = testing::world().split_by_node();
  const std::vector<int> here = ranks_of_this_host();
  CHECK(node.size() == static_cast<int>(here.size()));
  CHECK(here.at(static_cast<std::size_t>(node.rank())) == rank());
}

TEST_CASE("more bytes than MPI counts in one piece are broadcast in several", "[.large]") {
  std::vector<char> many((std::size_t{1} << 30) + 17, static_cast<char>(rank()));
  if (rank() == 0) many.back() = 42;
  testing::world().broadcast(std::span<char>(many));
  CHECK(many.back() == 42);
  CHECK(many.front() == 0);
}

TEST_CASE("sums under way, several at once, are done when waited for, with the same bits on every rank") {
  const Communicator& world = testing::world();
  constexpr std::size_t sizes[] = {0, 1, 1000, 300'000};
  std::vector<std::vector<float>> values;
  std::vector<std::vector<float>> plain;
  for (const std::size_t size : sizes) {
    std::vector<float> own(size);
    RandomStream stream(7, "sums", static_cast<std::uint64_t>(world.rank()) * 10 + values.size());
    for (float& value : own) value = static_cast<float>(stream.uniform(-1, 1));
    values.push_back(own);
    plain.push_back(own);
  }
  std::vector<PendingSum> sums;
  for (auto& of : values) sums.push_back(world.start_sum(of));
  while (!sums.front().is_done()) {
  }
  for (PendingSum& sum : sums) sum.wait();
  for (PendingSum& sum : sums) CHECK(sum.is_done());
  for (std::size_t at = 0; at < values.size(); ++at) {
    world.sum(std::span<float>(plain[at]));
    double worst = 0;
    for (std::size_t i = 0; i < plain[at].size(); ++i)
      worst = std::max(worst, static_cast<double>(std::abs(plain[at][i] - values[at][i])));
    CHECK(worst < 1e-6);
    std::vector<float> of_root = values[at];
    world.broadcast(std::span<float>(of_root));
    CHECK(of_root == values[at]);
  }
}

TEST_CASE("ranks give each other what they have for each other, and only that") {
  const auto count = [](int from, int to) { return from == to ? 0 : (from * 5 + to * 3) % 4; };
  std::vector<double> values;
  std::vector<std::int64_t> counts;
  std::vector<std::int64_t> from;
  std::vector<double> wanted;
  constexpr double untouched = -1;
  for (int other = 0; other < size(); ++other) {
    counts.push_back(count(rank(), other));
    for (int at = 0; at < count(rank(), other); ++at) values.push_back(100 * rank() + 10 * other + at);
    from.push_back(other == rank() ? 2 : count(other, rank()));
    for (int at = 0; at < from.back(); ++at)
      wanted.push_back(other == rank() ? untouched : 100 * other + 10 * rank() + at);
  }
  std::vector<double> received(wanted.size(), untouched);
  exchange(std::span<const double>(values), counts, std::span(received), from, testing::world());
  CHECK(received == wanted);
}
