#include "dko/workflow/direction_run.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "dko/base/text.hpp"
#include "dko/knockout/screen/shift_statistics.hpp"
#include "dko/metrics/rank_sum.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/sparse/effect_q_values.hpp"

namespace dko {

namespace {

/// By one member.
std::vector<double> shift_q_values(const ShiftStatistics& statistics) {
  std::vector<double> decoys;
  for (const std::vector<double>& draw : statistics.of_decoys)
    decoys.insert(decoys.end(), draw.begin(), draw.end());
  std::sort(decoys.begin(), decoys.end());
  std::vector<std::int64_t> above;
  for (const double statistic : statistics.of_genes)
    above.push_back(decoys.end() - std::lower_bound(decoys.begin(), decoys.end(), statistic));
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
                                                     Job& job) {
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
    by_members.push_back(shift_q_values(shift_statistics(
        *plan.from_to, *plan.direction, profiles, members[member], with_decoys, plan.base, job.ranks())));
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

}  // namespace

std::vector<std::vector<DecoyEffects>> decoys_of(const Model& model) {
  std::vector<std::vector<DecoyEffects>> decoys;
  for (const Member& member : model.members) {
    const auto* fitted = std::get_if<FittedMapping>(&member);
    if (fitted == nullptr || fitted->q_values.decoys.empty()) return {};
    decoys.push_back(fitted->q_values.decoys);
  }
  return decoys;
}

void set_direction(ScreenPlan& plan, const RelativeProfiles& profiles,
                   std::span<const CollapsedMapping> members,
                   AtRoot<std::vector<std::vector<DecoyEffects>>> decoys, Job& job) {
  if (!plan.from_to) return;
  const FromTo& asked = *plan.from_to;
  plan.direction = on_every_rank(
      job.ranks(), [&] { return find_direction(asked, profiles, members, plan.base, job.ranks()); });
  job.log.info("direction: from {} toward {}, {:.4g} apart", counted(std::ssize(asked.from_cells), "cell"),
               asked.is_toward_profile() ? "the profile of " + asked.toward
                                         : counted(std::ssize(asked.toward_cells), "cell"),
               std::sqrt(plan.direction->squared_length));
  if (job.ranks().broadcast(decoys.transform([](const auto& all) { return !all.empty(); }))) {
    plan.shift_q_values = upper_medians(q_values_by_members(plan, profiles, members, std::move(decoys), job));
    const auto hits = std::count_if(plan.shift_q_values.begin(), plan.shift_q_values.end(),
                                    [](double q) { return q <= 0.1; });
    job.log.info("{} with a mean shift of q up to 0.1, of all genes, visible or not", counted(hits, "gene"));
  } else {
    job.log.info(
        "no q-values of shifts: the model has no decoys (the original's mapping, one with levels or of some "
        "effects by fdr, or made before)");
  }
}

}  // namespace dko
