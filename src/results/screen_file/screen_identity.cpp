#include "screen_identity.hpp"

#include <fmt/format.h>

#include <vector>

#include "dko/base/checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/results/screen_file/read_back.hpp"

namespace dko {

namespace {

struct Aspect {
  const char* attribute;
  std::string words;  ///< for users: what it is, or of a checksum, what it means that it differs
  std::string value;
  bool is_readable = true;
};

std::string names_of(ScoreSet scores) {
  return text_of(scores, ",", "none");
}

std::string checksum_of(const KnockoutTargets& targets) {
  Checksum sum;
  sum.add(targets.starts());
  sum.add(targets.genes());
  return sum.text();
}

std::string checksum_of(const std::optional<EventList>& list) {
  if (!list) return "none";
  Checksum sum;
  const std::int64_t order = list->order();
  sum.add(std::span(&order, 1));
  sum.add(list->all_genes());
  sum.add(list->all_cells());
  sum.add(list->all_added());  // nothing, unless genes are switched on
  return sum.text();
}

/// What a direction is from and toward.
std::vector<Aspect> aspects_of(const FromTo& from_to) {
  return {
      {"from", parameter("from"), from_to.from},
      {"toward", parameter("toward"), from_to.toward},
      {"from_checksum", "the cells of " + parameter("from") + " are others", from_to.from_checksum(), false},
      {"toward_checksum", "what " + parameter("toward") + " stands for is another", from_to.toward_checksum(),
       false}};
}

std::vector<Aspect> aspects_of(const ScreenPlan& plan, const Provenance& provenance) {
  const bool selects = plan.keeping.form == PairKeeping::Form::selected;
  const bool has_pairs = plan.doubles.any();
  std::vector<Aspect> aspects{
      {"dko_version", "the version of dko", provenance.version},
      {"input_checksum", "the data are others", provenance.input_checksum, false},
      {"selection", "the selection of cells and genes", provenance.selection},
      {"model_checksum", "the model is another", provenance.model_checksum, false},
      {"members", "the number of mappings", fmt::to_string(plan.members)},
      {"base", parameter("base"), std::string(name_of(plan.base))},
      {"instruction_set", parameter("instructions"), std::string(name_of(plan.instructions))},
      {"targets", "the genes or cells to knock out are others", checksum_of(plan.targets), false},
      {"list", "the list of knockouts is another", checksum_of(plan.list), false},
      {"single_scores", "what is scored of single knockouts", names_of(plan.singles)},
      {"double_scores", "what is scored of double knockouts", names_of(plan.doubles)},
      {"listed_scores", "what is scored of the list", names_of(plan.list ? plan.listed : ScoreSet())},
      {"keep", parameter("keep"), has_pairs ? text_of(plan.keeping) : "none"},
      {"keep_by", parameter("keep-by"), selects ? std::string(name_of(plan.keeping.by).name) : "none"}};
  aspects.push_back({"activation", parameter("activate"), plan.activates ? "given" : "none"});
  aspects.push_back(
      {"knockdown", parameter("knockdown"), plan.presence > 0 ? fmt::to_string(plan.presence) : "none"});
  aspects.push_back({"obs", "the columns of the cells are others", checksum_of(plan.obs), false});
  if (plan.from_to) {  // before the cells that follow from it
    const std::vector<Aspect> of_direction = aspects_of(*plan.from_to);
    aspects.insert(aspects.begin(), of_direction.begin(), of_direction.end());
  }
  // The model says which covariates there are.
  if (!provenance.covariates.empty())
    aspects.push_back({"covariates_checksum", "the covariates of the cells are others",
                       provenance.covariates_checksum, false});
  return aspects;
}

}  // namespace

void write_identity(hdf5::Location& progress, const ScreenPlan& plan, const Provenance& provenance) {
  for (const Aspect& aspect : aspects_of(plan, provenance)) progress.set(aspect.attribute, aspect.value);
}

void require_identity(const hdf5::Location& progress, const ScreenPlan& plan, const Provenance& provenance,
                      const std::string& file) {
  for (const Aspect& aspect : aspects_of(plan, provenance)) {
    // A screen without a direction does not say so; one by an earlier version knows of knockouts alone.
    const std::string stored =
        progress.has_attribute(aspect.attribute) ? progress.text_attribute(aspect.attribute) : "none";
    if (stored == aspect.value) continue;
    const std::string how =
        aspect.is_readable ? fmt::format("{} was '{}' and is '{}' now", aspect.words, stored, aspect.value)
                           : aspect.words;
    throw InputError(
        fmt::format("{}: was created by a different screen ({}); resume with the original inputs and "
                    "options, or give {} to start over",
                    file, how, parameter("force")));
  }
}

}  // namespace dko
