#include "dko/system/free_memory_limit.hpp"

#include <sys/mman.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <optional>

#include "dko/system/available_memory.hpp"

using namespace dko;

namespace {

rlim_t limit_now() {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_AS, &limit) == 0);
  return limit.rlim_cur;
}

/// Whether the system gives as many addresses; they are not touched, and given back.
bool can_take(double bytes) {
  const auto size = static_cast<std::size_t>(bytes);
  void* const taken = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (taken == MAP_FAILED) return false;
  ::munmap(taken, size);
  return true;
}

}  // namespace

TEST_CASE("no more memory can be taken than is free") {
  const double available = available_memory();
  if (!std::isfinite(available)) return;
  const double too_much = 2 * available + 2 * free_swap();
  const rlim_t before = limit_now();
  REQUIRE(can_take(too_much));
  {
    const FreeMemoryLimit limit;
    CHECK_FALSE(can_take(too_much));
    CHECK(can_take(available / 4));
  }
  CHECK(limit_now() == before);
  CHECK(can_take(too_much));
}

TEST_CASE("the limit lasts as long as the last of several") {
  if (!std::isfinite(available_memory())) return;
  const rlim_t before = limit_now();
  std::optional<FreeMemoryLimit> first;
  std::optional<FreeMemoryLimit> second;
  first.emplace();
  const rlim_t limit = limit_now();
  CHECK(limit < before);
  second.emplace();
  CHECK(limit_now() == limit);
  first.reset();
  CHECK(limit_now() == limit);
  second.reset();
  CHECK(limit_now() == before);
}
