#include "dko/knockout/screen/pair_keeping.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/pieces.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr std::string_view top_prefix = "top:";
constexpr std::string_view threshold_prefix = "threshold:";
constexpr std::int64_t largest_top = 1'000'000'000;

std::int64_t top_of(std::string_view text) {
  const auto top = parse_integer(text);
  if (top && *top >= 1 && *top <= largest_top) return *top;
  throw UsageError(fmt::format("{}: K must be a whole number from 1 to {}, not '{}'",
                               parameter("keep", "top:K"), largest_top, text));
}

double threshold_of(std::string_view text) {
  constexpr double most = 1e6;
  const auto threshold = parse_number(text);
  if (threshold && *threshold >= -most && *threshold <= most) return *threshold;
  throw UsageError(fmt::format("{}: T must be a number from {} to {}, not '{}'",
                               parameter("keep", "threshold:T"), -most, most, text));
}

}  // namespace

std::string text_of(const PairKeeping& keeping) {
  if (keeping.form == PairKeeping::Form::all) return "full";
  if (keeping.form == PairKeeping::Form::summary) return "summary";
  std::string text;
  if (keeping.top > 0) text = fmt::format("top:{}", keeping.top);
  if (keeping.threshold) text += fmt::format("{}threshold:{}", text.empty() ? "" : ",", *keeping.threshold);
  return text;
}

PairKeeping parse_keeping(std::string_view text) {
  PairKeeping keeping;
  if (text == "full") return keeping;
  if (text == "summary") {
    keeping.form = PairKeeping::Form::summary;
    return keeping;
  }
  keeping.form = PairKeeping::Form::selected;
  for (const std::string_view part : pieces_of(text)) {
    if (part.starts_with(top_prefix) && keeping.top == 0)
      keeping.top = top_of(part.substr(top_prefix.size()));
    else if (part.starts_with(threshold_prefix) && !keeping.threshold)
      keeping.threshold = threshold_of(part.substr(threshold_prefix.size()));
    else
      throw UsageError(fmt::format("{} must be full, summary or top:K, not '{}'", parameter("keep"), text));
  }
  return keeping;
}

}  // namespace dko
