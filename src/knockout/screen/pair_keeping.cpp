#include "dko/knockout/screen/pair_keeping.hpp"

#include <fmt/format.h>

namespace dko {

std::string text_of(const PairKeeping& keeping) {
  if (keeping.form == PairKeeping::Form::all) return "full";
  if (keeping.form == PairKeeping::Form::summary) return "summary";
  std::string text;
  if (keeping.top > 0) text = fmt::format("top:{}", keeping.top);
  if (keeping.threshold) text += fmt::format("{}threshold:{}", text.empty() ? "" : ",", *keeping.threshold);
  return text;
}

}  // namespace dko
