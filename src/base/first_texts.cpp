#include "dko/base/first_texts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace dko {

std::string first_texts(const Names& texts, std::size_t most) {
  const std::size_t shown = std::min(most, texts.size());
  const std::string more = texts.size() > shown ? fmt::format(" and {} more", texts.size() - shown) : "";
  return fmt::format("{}{}", fmt::join(std::span(texts).first(shown), ", "), more);
}

}  // namespace dko
