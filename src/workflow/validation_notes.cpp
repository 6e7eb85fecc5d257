#include "dko/workflow/validation_notes.hpp"

#include <fmt/format.h>

#include "dko/base/text.hpp"

namespace dko {

namespace {

/// Which cells the quality is of, honestly.
std::string words(std::int64_t judged, std::int64_t validating, const ModelOptions& options) {
  const bool is_lone = options.members == 1;
  const std::string which =
      judged < validating
          ? fmt::format("{} random ones of the {}", with_thousands(judged), counted(validating, "cell"))
          : fmt::format("the {}", counted(validating, "cell"));
  const std::string of = is_lone ? "the training" : "the first member";
  std::string text = fmt::format("{} that {} left out", which, of);
  if (options.kind == MappingKind::dko)
    text += ", but chose by which weights to keep: unseen cells would fare a little worse";
  else
    text += " and never saw";
  if (!is_lone) text += "; predicted by the first member alone, for others were trained on them";
  return text;
}

}  // namespace

ModelNotes notes_on(const Model& model, const RelativeProfiles& profiles, const Split& split,
                    const ModelOptions& options) {
  ModelNotes notes{records_of(model), std::nullopt, model.visibility, model.advice, gene_q_values(model)};
  // A lone sparse mapping is fitted to all cells.
  const bool has_unseen = options.kind == MappingKind::dko || options.members > 1;
  if (!has_unseen || split.validation.empty()) return notes;
  const std::uint64_t seed = options.training.seed;
  const auto cells = cells_to_judge(split.validation, profiles.genes(), seed);
  notes.quality = judge_mapping(model.members.front(), profiles, split.training, cells, seed);
  notes.quality->what = words(std::ssize(cells), std::ssize(split.validation), options);
  return notes;
}

}  // namespace dko
