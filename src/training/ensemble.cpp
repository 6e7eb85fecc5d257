#include "dko/training/ensemble.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "dko/base/random.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/sparse_fit.hpp"

namespace dko {

namespace {

constexpr std::int64_t parts_of_fit = 10'000;  // for its progress

std::vector<std::int64_t> all_but_held_out(const Split& split) {
  std::vector<std::int64_t> cells = split.training;
  cells.insert(cells.end(), split.validation.begin(), split.validation.end());
  std::sort(cells.begin(), cells.end());
  return cells;
}

Member make_member(const ExpressionMatrix& profiles, const Split& split, const ModelOptions& options,
                   const Communicator& communicator, const ProgressCallback& progress) {
  if (options.kind == MappingKind::dko)
    return train(profiles, split, options.training, communicator, progress);
  const std::vector<std::int64_t> cells = options.members == 1 ? all_but_held_out(split) : split.training;
  return fit_sparse(profiles, cells, options.training.seed, communicator, progress);
}

/// Which group a rank belongs to: contiguous, as even as can be.
struct Groups {
  std::int64_t count;
  std::int64_t ranks;

  int of(std::int64_t rank) const { return static_cast<int>(rank * count / ranks); }
  int leader(std::int64_t group) const { return static_cast<int>((group * ranks + count - 1) / count); }
};

/// Tells every rank whether some rank failed, and throws what the first of them threw. Collective.
void agree(const Communicator& communicator, const std::optional<CollectiveFailure>& failure) {
  const int failing = communicator.max(failure ? communicator.size() - communicator.rank() : 0);
  if (failing == 0) return;
  const int root = communicator.size() - failing;
  std::string text = failure ? failure->what() : "";
  auto code = static_cast<std::int32_t>(failure ? failure->code() : ExitCode::failure);
  communicator.broadcast(text, root);
  communicator.broadcast(code, root);
  throw CollectiveFailure(static_cast<ExitCode>(code), text);
}

}  // namespace

std::uint64_t member_seed(std::uint64_t seed, std::int64_t member) {
  if (member == 0) return seed;
  return RandomStream(seed, "ensemble member", static_cast<std::uint64_t>(member))();
}

Split member_split(const Split& split, std::uint64_t seed, std::int64_t member) {
  if (member == 0) return split;
  const std::vector<std::int64_t> cells = all_but_held_out(split);
  RandomStream stream(member_seed(seed, member), "validation cells");
  const std::vector<std::int64_t> places = stream.distinct(std::ssize(split.validation), std::ssize(cells));
  Split own;
  own.held_out = split.held_out;
  auto next = places.begin();
  for (std::int64_t at = 0; at < std::ssize(cells); ++at) {
    const bool validates = next != places.end() && *next == at;
    (validates ? own.validation : own.training).push_back(cells[static_cast<std::size_t>(at)]);
    if (validates) ++next;
  }
  return own;
}

std::vector<Member> make_members(const ExpressionMatrix& profiles, const Split& split,
                                 const ModelOptions& options, const Communicator& communicator,
                                 const ProgressCallback& progress) {
  const Groups groups{std::min<std::int64_t>(options.members, communicator.size()), communicator.size()};
  const int own_group = groups.of(communicator.rank());
  const Communicator group = communicator.split(own_group);
  std::vector<Member> members(static_cast<std::size_t>(options.members));
  std::optional<CollectiveFailure> failure;
  const std::int64_t of_group = (options.members - own_group + groups.count - 1) / groups.count;
  for (std::int64_t turn = 0; turn < of_group && !failure; ++turn) {
    const std::int64_t member = own_group + turn * groups.count;
    ModelOptions own = options;
    own.training.seed = member_seed(options.training.seed, member);
    ProgressCallback on_member;
    if (progress) {
      on_member = [&](std::int64_t done, std::int64_t total) {
        // A training that stops early says so by a smaller total; a fit's units are its own.
        const bool is_dko = options.kind == MappingKind::dko;
        const std::int64_t whole = is_dko ? options.training.steps : parts_of_fit;
        const std::int64_t part = is_dko ? done : whole * done / total;
        progress(turn * whole + (done == total ? whole : part), of_group * whole);
      };
    }
    try {
      members[static_cast<std::size_t>(member)] =
          make_member(profiles, member_split(split, options.training.seed, member), own, group, on_member);
    } catch (const CollectiveFailure& diverged) {
      failure = diverged;
    }
  }
  agree(communicator, failure);
  for (std::int64_t member = 0; member < options.members; ++member)
    broadcast(communicator, members[static_cast<std::size_t>(member)], groups.leader(member % groups.count));
  return members;
}

}  // namespace dko
