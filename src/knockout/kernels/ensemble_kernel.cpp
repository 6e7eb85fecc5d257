#include "dko/knockout/kernels/ensemble_kernel.hpp"

#include "knockout/score/member_spread.hpp"

namespace dko {

namespace {

/// Mean over the members of `profile(member)`.
template <class Members, class Profile>
std::vector<double> mean_profile(const Members& members, Profile profile) {
  std::vector<double> mean = profile(*members.front());
  for (auto member = members.begin() + 1; member != members.end(); ++member) {
    const std::vector<double> another = profile(**member);
    for (std::size_t gene = 0; gene < mean.size(); ++gene) mean[gene] += another[gene];
  }
  for (double& share : mean) share /= static_cast<double>(members.size());
  return mean;
}

}  // namespace

EnsembleKernel::EnsembleKernel(std::span<const CollapsedMapping> members, InstructionSet instructions,
                               Base base)
    : of_members_(members.size()), of_pairs_(members.size()) {
  for (const CollapsedMapping& mapping : members)
    members_.push_back(make_cell_kernel(mapping, instructions, base));
}

void EnsembleKernel::set_direction(const Direction* direction) {
  for (const auto& member : members_) member->set_direction(direction);
}

void EnsembleKernel::set_presence(double presence) {
  for (const auto& member : members_) member->set_presence(presence);
}

void EnsembleKernel::load(const KernelCell& cell) {
  for (const auto& member : members_) member->load(cell);
}

KnockoutScores EnsembleKernel::scores(std::span<const std::int32_t> removed) {
  for (std::size_t member = 0; member < members_.size(); ++member)
    of_members_[member] = members_[member]->scores(removed);
  KnockoutScores scores;
  for (const Score score : mean_scores) {
    const MemberSpread spread =
        spread_of(members_.size(), [&](std::size_t member) { return of_members_[member][score]; });
    scores[score] = spread.mean;
    scores[deviation_of(score)] = spread.sd;
  }
  scores.share =
      spread_of(members_.size(), [&](std::size_t member) { return of_members_[member].share; }).mean;
  return scores;
}

void EnsembleKernel::pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                                 const ScoreSpans& scores) {
  if (members_.size() == 1) {
    members_.front()->pair_scores(positions, pairs, scores);
    return;
  }
  const auto is_wanted = [&](Score score) {
    return !(scores[score].empty() && scores[deviation_of(score)].empty());
  };
  for (std::size_t member = 0; member < members_.size(); ++member) {
    ScoreSpans spans;
    for (const Score score : mean_scores) {
      std::vector<float>& values = of_pairs_[member][score];
      values.resize(is_wanted(score) ? static_cast<std::size_t>(pairs.size()) : 0);
      spans[score] = values;
    }
    members_[member]->pair_scores(positions, pairs, spans);
  }
  for (const Score score : mean_scores) {
    if (is_wanted(score)) store_pairs(score, static_cast<std::size_t>(pairs.size()), scores);
  }
}

/// Mean and standard deviation of one score, whichever of them is wanted, from what the members gave.
void EnsembleKernel::store_pairs(Score score, std::size_t count, const ScoreSpans& scores) const {
  const std::span<float> means = scores[score];
  const std::span<float> deviations = scores[deviation_of(score)];
  for (std::size_t at = 0; at < count; ++at) {
    const MemberSpread spread = spread_of(members_.size(), [&](std::size_t member) {
      return static_cast<double>(of_pairs_[member][score][at]);
    });
    if (!means.empty()) means[at] = static_cast<float>(spread.mean);
    if (!deviations.empty()) deviations[at] = static_cast<float>(spread.sd);
  }
}

std::vector<double> EnsembleKernel::intact_profile() const {
  return mean_profile(members_, [](const CellKernel& member) { return member.intact_profile(); });
}

std::vector<double> EnsembleKernel::profile_after(std::span<const std::int32_t> removed) {
  return mean_profile(members_, [&](CellKernel& member) { return member.profile_after(removed); });
}

}  // namespace dko
