#include "dko/parallel/stop_vote.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace dko {

namespace {

constexpr double look_every = 0.02;  // seconds

}  // namespace

// Its rounds come between other calls of different ranks, and so need a communicator of their own.
StopVote::StopVote(const Communicator& ranks, std::function<bool()> wanted)
    : ranks_(ranks.split(0)), wanted_(std::move(wanted)) {}

void StopVote::begin_round() {
  sums_ = {wanted_() ? 1.0F : 0.0F, is_done_ ? 1.0F : 0.0F};
  round_ = ranks_.start_sum(sums_);
  has_begun_ = true;
}

void StopVote::look() {
  if (is_over_) return;
  if (!has_begun_) return begin_round();
  if (!round_.is_done()) return;
  stops_ = sums_[0] > 0;
  is_over_ = stops_ || sums_[1] >= static_cast<float>(ranks_.size());
  if (!is_over_) begin_round();
}

bool StopVote::asks_to_stop() {
  const double now = watch_.seconds();
  if (!is_over_ && now >= looked_at_ + look_every) {
    looked_at_ = now;
    look();
  }
  return stops_;
}

bool StopVote::finish() {
  is_done_ = true;
  while (!is_over_) {
    look();
    if (!is_over_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return stops_;
}

}  // namespace dko
