#pragma once
// How much of the double knockouts a screen is to keep.

#include <optional>

#include "command_line.hpp"
#include "dko/knockout/screen/pair_keeping.hpp"

namespace dko::app {

struct KeepOptions {
  PairKeeping what;              ///< once parsed, all but the memory
  std::optional<double> memory;  ///< GiB of each rank

  std::optional<Measure> by;        ///< --keep-by
  std::optional<double> threshold;  ///< --threshold
};

/// Options --keep, --threshold, --keep-by and --memory.
void add_keep_options(CommandLine& line, KeepOptions& options);

}  // namespace dko::app
