#include "dko/mapping/join_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"

namespace dko {

namespace {

void require_alike(const NamedModel& first, const NamedModel& other) {
  const auto refuse = [&](const std::string& why) {
    throw InputError(
        fmt::format("{} cannot be joined with {}: its {}; the members of an ensemble are of one kind, and of "
                    "the same genes and data",
                    other.file, first.file, why));
  };
  const auto kind_of = [](const NamedModel& named) { return name_of(named.model.kind()); };
  if (other.model.kind() != first.model.kind())
    refuse(fmt::format("mapping is {}, not {}", kind_of(other), kind_of(first)));
  if (other.model.genes != first.model.genes) refuse("genes are others");
  if (other.model.provenance.input_checksum != first.model.provenance.input_checksum)
    refuse("input has another checksum");
  if (other.model.covariates != first.model.covariates ||
      other.model.provenance.covariates_checksum != first.model.provenance.covariates_checksum)
    refuse("covariates are others");
  const auto fdr_of = [](const NamedModel& named) {
    const auto* fitted = std::get_if<FittedMapping>(&named.model.members.front());
    return fitted == nullptr ? 1 : fitted->record.fdr;
  };
  const auto has_levels = [](const NamedModel& named) {
    const auto* fitted = std::get_if<FittedMapping>(&named.model.members.front());
    return fitted != nullptr && fitted->record.levels;
  };
  if (has_levels(other) != has_levels(first))
    refuse(fmt::format("genes {} by levels", has_levels(other) ? "enter" : "do not enter"));
  if (fdr_of(other) != fdr_of(first)) refuse("effects were kept up to another q-value (fdr)");
  if (other.model.provenance.prior != first.model.provenance.prior) refuse("prior is another");
}

/// Which file each seed and each mapping came from.
class Seen {
 public:
  explicit Seen(const Names& genes) : genes_(genes) {}

  void add(const std::string& file, const Member& member) {
    std::visit(
        [&](const auto& made) {
          note(seeds_, made.record.seed, file, fmt::format("of seed {}", made.record.seed));
          note(checksums_, made.mapping.checksum(genes_), file, "with the same parameters");
        },
        member);
  }

 private:
  template <class Key>
  static void note(std::map<Key, std::string>& seen, const Key& key, const std::string& file,
                   const std::string& what) {
    const auto [other, is_new] = seen.emplace(key, file);
    if (is_new) return;
    throw InputError(fmt::format("{} and {} hold the same member, {}: train each with {} of its own",
                                 other->second, file, what, parameter("member")));
  }

  const Names& genes_;
  std::map<std::uint64_t, std::string> seeds_;
  std::map<std::string, std::string> checksums_;
};

}  // namespace

Model join_models(std::vector<NamedModel> models) {
  Seen seen(models.front().model.genes);
  std::int64_t members = 0;
  for (const NamedModel& named : models) {
    require_alike(models.front(), named);
    for (const Member& member : named.model.members) seen.add(named.file, member);
    members += std::ssize(named.model.members);
  }
  if (members > most_members)
    throw InputError(fmt::format("an ensemble has {} members at most, not {}", most_members, members));
  Model joined;
  joined.genes = models.front().model.genes;
  joined.visibility = models.front().model.visibility;
  joined.covariates = models.front().model.covariates;
  for (const NamedModel& named : models) {
    if (!joined.advice) joined.advice = named.model.advice;  // of member 0
  }
  const Provenance& first = models.front().model.provenance;
  joined.provenance.seed = first.seed;
  joined.provenance.input = first.input;
  joined.provenance.input_checksum = first.input_checksum;
  joined.provenance.selection = first.selection;
  joined.provenance.prior = first.prior;
  joined.provenance.covariates = first.covariates;
  joined.provenance.covariates_checksum = first.covariates_checksum;
  for (NamedModel& named : models) {
    for (Member& member : named.model.members) joined.members.push_back(std::move(member));
  }
  for (GeneVisibility& gene : joined.visibility) gene.by_level = false;
  note_levels(joined);
  joined.provenance.model_checksum = checksum_of(joined);
  return joined;
}

namespace {

/// The number after an option in a command line.
std::optional<std::int64_t> number_after(const std::string& command, const std::string& option) {
  std::smatch found;
  if (!std::regex_search(command, found, std::regex(option + "[ =]([0-9]{1,9})(?![^ ])")))
    return std::nullopt;
  return std::stoll(found[1]);
}

}  // namespace

std::string missing_members(const std::vector<NamedModel>& models) {
  std::set<std::int64_t> there;
  std::int64_t count = 0;
  for (const NamedModel& named : models) {
    const auto all = number_after(named.model.provenance.command, "--ensemble");
    const auto member = number_after(named.model.provenance.command, "--member");
    if (!all || !member || *all > most_members) return {};
    there.insert(*member);
    count = std::max(count, *all);
  }
  std::string missing;
  for (std::int64_t member = 0; member < count; ++member) {
    if (!there.contains(member)) missing += fmt::format("{}{}", missing.empty() ? "member " : ", ", member);
  }
  return missing.empty() ? missing : fmt::format("{} of {}", missing, count);
}

}  // namespace dko
