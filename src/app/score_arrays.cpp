#include "score_arrays.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"

namespace dko::app {

ScoreArray score_array_named(std::string_view option) {
  for (const ScoreArrayName& name : score_arrays) {
    if (name.option == option) return name.array;
  }
  throw UsageError(fmt::format("--of must be single, double or list, not '{}'", option));
}

}  // namespace dko::app
