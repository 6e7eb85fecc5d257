#pragma once

#include <cstdint>
#include <string>

#include "dko/base/log.hpp"
#include "dko/base/progress.hpp"

namespace dko {

/// How progress is told.
struct ProgressText {
  std::string what;        ///< the work, such as "training"
  std::string unit;        ///< what is counted, such as "steps"
  std::int64_t count = 0;  ///< how many of them there are, where progress comes in other units (such as cost)
  bool may_end_sooner = false;  ///< so that the time left is the most it can be
};

/// Shows progress on standard error with rate and time left: a bar that is drawn anew on a terminal;
/// elsewhere lines with the time of day, the first after 5 seconds, then fewer and fewer, at last one every
/// half minute. Silent where the log is (other ranks, --quiet). The rate is the mean so far: since this call,
/// or since the first report, if nothing is done then.
ProgressCallback show_progress(const Log& log, ProgressText text);
inline ProgressCallback show_progress(const Log& log, std::string what, std::string unit) {
  return show_progress(log, {std::move(what), std::move(unit)});
}

}  // namespace dko
