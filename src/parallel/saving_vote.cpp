#include "dko/parallel/saving_vote.hpp"

#include <utility>

namespace dko {

SavingVote::SavingVote(const Communicator& ranks, std::function<bool()> wants_to_stop,
                       std::function<bool()> is_due, std::function<void()> save)
    : ranks_(ranks),
      wants_to_stop_(std::move(wants_to_stop)),
      is_due_(std::move(is_due)),
      save_(std::move(save)) {
  open();
}

void SavingVote::open() {
  vote_.emplace(ranks_, [this] { return wants_to_stop_() || (ranks_.is_root() && is_due_()); });
}

/// What all ranks do once the vote asks for it. Collective.
void SavingVote::save_or_stop() {
  stops_ = ranks_.max(wants_to_stop_() ? 1 : 0) != 0;
  if (stops_) return;
  save_();
  open();
}

Pause SavingVote::ask() {
  if (!stops_ && vote_->asks_to_stop()) save_or_stop();
  return stops_ ? Pause::stop : Pause::go_on;
}

bool SavingVote::finish() {
  while (!stops_ && vote_->finish()) save_or_stop();
  return stops_;
}

}  // namespace dko
