#pragma once
// Catch2 3 under the header and the names of Catch2 2.13, in which the tests are written. In the include path
// only where Catch2 3 was found.

#include <catch2/catch_all.hpp>
#include <string>

using Catch::Approx;

namespace Catch {
using Matchers::EndsWith;
using Matchers::StartsWith;

inline auto Contains(const std::string& text) {
  return Matchers::ContainsSubstring(text);
}
}  // namespace Catch
