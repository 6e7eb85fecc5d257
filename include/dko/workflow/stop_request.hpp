#pragma once
// How a job that runs for long is asked to stop: by a signal, or by its clock.

#include <limits>
#include <optional>
#include <string>

#include "dko/base/stopwatch.hpp"
#include "dko/parallel/stop_vote.hpp"
#include "dko/system/stop_signals.hpp"

namespace dko {

struct StopOptions {
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds
};

/// Whether this rank is asked to stop.
class StopRequest {
 public:
  explicit StopRequest(const StopOptions& options) : time_limit_(options.time_limit) {}

  /// From now on signals that ask to stop end nothing, but are requests: to be called before what can be
  /// stopped with its state saved.
  void catch_signals() {
    if (!signals_) signals_.emplace();
  }

  /// Whether this rank was asked to stop. Local.
  bool is_made() const { return StopSignals::caught() || watch_.seconds() >= time_limit_; }

  bool has_time_limit() const { return time_limit_ < std::numeric_limits<double>::infinity(); }

  /// To find out, at their work, whether any rank was. Collective.
  StopVote vote(const Communicator& ranks) const {
    return StopVote(ranks, [this] { return is_made(); });
  }

  /// Ends the job as stop(), if any rank was asked to stop. Collective. @throws likewise
  void stop_if_asked(const Communicator& ranks, const std::string& saved) const {
    if (vote(ranks).finish()) stop(ranks, saved);
  }

  /// Ends the job, on all of whose ranks everything is saved: says why, and what to do. Collective.
  /// @throws CollectiveFailure with exit code 5
  [[noreturn]] void stop(const Communicator& ranks, const std::string& saved) const;

 private:
  std::optional<StopSignals> signals_;
  Stopwatch watch_;
  double time_limit_;
};

}  // namespace dko
