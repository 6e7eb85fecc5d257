#include "dko/workflow/direction_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "dko/base/name_index.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/screen/direction_search.hpp"
#include "dko/knockout/screen/shift_statistics.hpp"
#include "dko/mapping/visibility.hpp"
#include "dko/metrics/rank_sum.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/screen_file/resumed_direction.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko {

namespace {

constexpr double most_q = 0.1;  // of shifts that the log tells

/// By one member.
std::vector<double> shift_q_values(const ShiftStatistics& statistics) {
  std::vector<double> decoys;
  for (const std::vector<double>& draw : statistics.of_decoys)
    decoys.insert(decoys.end(), draw.begin(), draw.end());
  std::sort(decoys.begin(), decoys.end());
  std::vector<double> above;
  for (const double statistic : statistics.of_genes) {
    const auto first = std::lower_bound(decoys.begin(), decoys.end(), statistic);
    above.push_back(static_cast<double>(decoys.end() - first));
  }
  std::vector<double> q = q_values_by_decoys(statistics.of_genes, above, std::ssize(statistics.of_decoys));
  const std::vector<double> sampling = false_discovery_rates(statistics.chance);
  for (std::size_t gene = 0; gene < q.size(); ++gene)
    q[gene] = statistics.of_genes[gene] > 0 ? std::min(1.0, std::max(q[gene], sampling[gene])) : 1;
  return q;
}

/// The q-values by every member. Collective.
std::vector<std::vector<double>> q_values_by_members(const ScreenPlan& plan, const RelativeProfiles& profiles,
                                                     std::span<const CollapsedMapping> members,
                                                     AtRoot<std::vector<std::vector<DecoyEffects>>> decoys,
                                                     const CellLoop& loop, Job& job) {
  std::vector<std::vector<double>> by_members;
  for (std::size_t member = 0; member < members.size(); ++member) {
    const SparseMapping& own = *members[member].sparse();
    const auto draws =
        job.ranks().broadcast(decoys.transform([&](const auto& all) { return std::ssize(all[member]); }));
    std::vector<SparseMapping> with_decoys;
    for (std::size_t draw = 0; draw < static_cast<std::size_t>(draws); ++draw) {
      with_decoys.push_back(SparseMapping::replicate(job.nodes, decoys.transform([&](const auto& all) {
        return with_effects(own, all[member][draw]);
      })));
    }
    by_members.push_back(
        shift_q_values(shift_statistics(*plan.from_to, *plan.direction, profiles, members[member],
                                        with_decoys, plan.base, job.ranks(), loop)));
  }
  return by_members;
}

/// A median for each gene.
std::vector<double> upper_medians(const std::vector<std::vector<double>>& by_members) {
  std::vector<double> medians;
  for (std::size_t gene = 0; gene < by_members.front().size(); ++gene) {
    std::vector<double> values;
    for (const std::vector<double>& member : by_members) values.push_back(member[gene]);
    medians.push_back(upper_median(std::move(values)));
  }
  return medians;
}

/// Goes through cells with progress, until some rank is to stop. What `visit` throws on one rank waits until
/// all have voted: otherwise they would wait for its vote.
CellLoop stoppable_loop(std::int64_t all_cells, const AtRoot<OutputFile>& output, const StopRequest& stop,
                        Job& job) {
  const ProgressCallback progress = show_progress(job.log, "finding the direction", "cells");
  const std::string path = job.ranks().broadcast(
      output.transform([](const OutputFile& file) { return file.final_path().string(); }));
  return [=, &stop, &job, done = std::make_shared<std::int64_t>(0)](
             std::span<const std::int32_t> cells, const std::function<void(std::int32_t)>& visit) {
    StopVote vote = stop.vote(job.ranks());
    const std::int64_t before = *done;
    std::int64_t own = 0;
    std::exception_ptr failure;
    for_own_cells(cells, job.ranks(), [&](std::int32_t cell) {
      if (vote.asks_to_stop()) return false;
      try {
        visit(cell);
      } catch (...) {
        failure = std::current_exception();
        return false;
      }
      own += job.ranks().size();
      if (progress) progress(before + std::min(own, std::ssize(cells)), all_cells);
      return true;
    });
    const bool stops = vote.finish();
    on_every_rank(job.ranks(), [&] {
      if (failure) std::rethrow_exception(failure);
    });
    if (stops) stop.stop(job.ranks(), path + ": no knockout was scored yet");
    *done = before + std::ssize(cells);
  };
}

/// Sets what the file of a screen that is resumed says; returns whether there was one. Collective.
bool take_stored(ScreenPlan& plan, const RelativeProfiles& profiles, const AtRoot<OutputFile>& output,
                 Job& job) {
  const AtRoot<std::optional<StoredDirection>> stored = on_root(job.ranks(), [&] {
    return output->is_resumed() ? read_resumed_direction(output->partial_path(), plan, job.provenance,
                                                         profiles.genes(), profiles.cells())
                                : std::nullopt;
  });
  const auto is_there =
      job.ranks().broadcast(stored.transform([](const auto& found) { return found.has_value(); }));
  if (!is_there) return false;
  const auto everywhere = [&](auto part) {
    return job.ranks().broadcast(stored.transform([&](const auto& found) { return part(*found); }));
  };
  plan.direction = Direction(everywhere([](const StoredDirection& found) { return found.direction.from; }),
                             everywhere([](const StoredDirection& found) { return found.direction.toward; }));
  plan.shift_q_values = everywhere([](const StoredDirection& found) { return found.q_values; });
  job.log.info("direction: as the screen that is resumed has it");
  return true;
}

void tell(const ScreenPlan& plan, Job& job) {
  const FromTo& asked = *plan.from_to;
  job.log.info("direction: from {} toward {}, {:.4g} apart", counted(std::ssize(asked.from_cells), "cell"),
               asked.is_toward_profile() ? "the profile of " + asked.toward
                                         : counted(std::ssize(asked.toward_cells), "cell"),
               std::sqrt(plan.direction->squared_length));
}

/// Says which genes most of the square of d is of.
void tell_parts(const Direction& direction, const Names& genes, Log& log) {
  constexpr std::size_t most_named = 3;
  auto order = numbers_below<std::size_t>(genes.size());
  const auto part_of = [&](std::size_t gene) {
    return direction.difference(gene) * direction.difference(gene) / direction.squared_length;
  };
  const std::size_t named = std::min(most_named, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(named), order.end(),
                    [&](std::size_t a, std::size_t b) { return part_of(a) > part_of(b); });
  Names parts;
  for (std::size_t at = 0; at < named; ++at)
    parts.push_back(fmt::format("{} {:.0f} %", shown_name(genes[order[at]]), 100 * part_of(order[at])));
  log.info("direction: of its squared length {}", fmt::join(parts, ", "));
}

/// Says how many genes move cells, and which of them are visible.
void tell_hits(const std::vector<double>& q_values, const std::vector<GeneVisibility>& visibility,
               const Names& genes, Log& log) {
  Names visible;
  std::int64_t hits = 0;
  for (std::size_t gene = 0; gene < q_values.size(); ++gene) {
    if (!(q_values[gene] <= most_q)) continue;
    ++hits;
    if (visibility.empty() || is_visible(visibility[gene])) visible.push_back(genes[gene]);
  }
  log.info("{} with a mean shift of q up to {}, of all genes ({} visible{})", counted(hits, "gene"), most_q,
           visible.size(), visible.empty() ? "" : ": " + some_names(visible));
}

}  // namespace

AtRoot<std::vector<std::vector<DecoyEffects>>> take_decoys(AtRoot<Model>& model, bool is_wanted) {
  if (!model.is_here()) return {};
  std::vector<std::vector<DecoyEffects>> decoys;
  for (Member& member : model->members) {
    auto* fitted = std::get_if<FittedMapping>(&member);
    if (fitted != nullptr && !fitted->q_values.decoys.empty())
      decoys.push_back(std::exchange(fitted->q_values.decoys, {}));
  }
  if (!is_wanted || decoys.size() != model->members.size()) decoys.clear();
  return AtRoot(std::move(decoys));
}

void set_direction(ScreenPlan& plan, const RelativeProfiles& profiles,
                   std::span<const CollapsedMapping> members,
                   AtRoot<std::vector<std::vector<DecoyEffects>>> decoys, const AtRoot<ScreenNotes>& notes,
                   const AtRoot<OutputFile>& output, const StopRequest& stop, Job& job) {
  if (!plan.from_to || take_stored(plan, profiles, output, job)) return;
  const FromTo& asked = *plan.from_to;
  const bool has_decoys =
      plan.compares_decoys() &&
      job.ranks().broadcast(decoys.transform([](const auto& all) { return !all.empty(); }));
  const std::int64_t of_members =
      has_decoys ? std::ssize(members) * shift_statistics_cells(asked, decoy_draws) : 0;
  const CellLoop loop = stoppable_loop(direction_cells(asked) + of_members, output, stop, job);
  plan.direction = on_every_rank(
      job.ranks(), [&] { return find_direction(asked, profiles, members, plan.base, job.ranks(), loop); });
  tell(plan, job);
  if (notes.is_here()) tell_parts(*plan.direction, profiles.gene_names(), job.log);
  if (has_decoys) {
    plan.shift_q_values =
        upper_medians(q_values_by_members(plan, profiles, members, std::move(decoys), loop, job));
    if (notes.is_here())
      tell_hits(plan.shift_q_values, notes->model.visibility, profiles.gene_names(), job.log);
  } else if (plan.activates) {
    job.log.info("no q-values of shifts: they are of the loss of genes");
  } else {
    job.log.info(
        "no q-values of shifts: the model has no decoys (the original's mapping, one with levels or of some "
        "effects by fdr, or made before)");
  }
}

}  // namespace dko
