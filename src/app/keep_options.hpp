#pragma once
// How much of the double knockouts a screen is to keep, as users say it.

#include <optional>
#include <string>

#include "command.hpp"
#include "dko/knockout/screen/pair_keeping.hpp"

namespace dko::app {

struct KeepOptions {
  std::string keep = "full";
  std::string by;
  std::optional<double> threshold;
  std::optional<double> memory;  ///< GiB of each rank

  bool wants_all() const { return keep == "full" && !threshold; }
};

/// Options --keep, --threshold, --keep-by and --memory.
void add_keep_options(CommandLine& line, KeepOptions& options);

/// The memory it may take is not set. @throws UsageError for what makes no sense.
PairKeeping keeping_of(const KeepOptions& options);

}  // namespace dko::app
