#include "dko/base/first_texts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>

#include "dko/base/text.hpp"

namespace dko {

std::string first_texts(const Names& texts, std::size_t most) {
  const std::size_t shown = std::min(most, texts.size());
  const std::string more =
      texts.size() > shown
          ? fmt::format(" and {} more", with_thousands(std::ssize(texts) - static_cast<std::int64_t>(shown)))
          : "";
  return fmt::format("{}{}", fmt::join(std::span(texts).first(shown), ", "), more);
}

}  // namespace dko
