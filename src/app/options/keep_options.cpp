#include "keep_options.hpp"

#include <memory>
#include <optional>
#include <vector>

#include "app/score_names.hpp"
#include "dko/base/error.hpp"

namespace dko::app {

namespace {

Measure selecting_measure(const std::string& text) {
  const std::vector<Measure> measures = measures_named(text, "--keep-by");
  if (measures.size() > 1 || !is_proper(measures.front().score) ||
      measures.front().score == Score::approach) {
    throw UsageError(
        "--keep-by must be one of impact, network, interaction, network-interaction, shift and "
        "shift-interaction: one selects");
  }
  return measures.front();
}

/// Options that add to --keep.
struct Additions {
  std::optional<Measure> by;
  std::optional<double> threshold;
};

/// What the other options say of --keep. @throws UsageError for what makes no sense
void complete(ScreenRequest& request, const Additions& options) {
  PairKeeping& keeping = request.keeping;
  if (options.threshold) {
    if (keeping.form == PairKeeping::Form::summary)
      throw UsageError("--threshold selects pairs, --keep summary is of all: give one");
    if (keeping.threshold) throw UsageError("--threshold is in --keep already: give one");
    keeping.threshold = options.threshold;
    keeping.form = PairKeeping::Form::selected;
  }
  if (options.by && keeping.form != PairKeeping::Form::selected)
    throw UsageError("--keep-by says what --keep top:K or --threshold selects by: give one of them");
  if (request.memory && keeping.form == PairKeeping::Form::all)
    throw UsageError("--memory is for --keep top:K, --threshold and --keep summary");
  keeping.by = options.by.value_or(Measure{});
}

}  // namespace

void add_keep_options(CommandLine& line, ScreenRequest& request) {
  const auto additions = std::make_shared<Additions>();  // the line's, as long as it lasts
  line.parsed("keep", request.keeping, "WHAT", parse_keeping,
              "of all double knockouts: full, every score; top:K, of every cell the K highest and the K "
              "lowest; summary, mean, SD, min and max across cells for each gene pair")
      .defaults_to(text_of(request.keeping))
      .usual();
  line.option(
          "threshold", additions->threshold, "T",
          "keep double knockouts with score >= T (interactions and shift: absolute value); with --keep top:K "
          "those that meet both")
      .range(-1e6, 1e6);
  line.parsed(
      "keep-by", additions->by, "MEASURE", selecting_measure,
      "what selects: impact (default), network, interaction, network-interaction, or with --toward shift "
      "or shift-interaction");
  line.option("memory", request.memory, "G",
              "GiB that each rank may use for the pairs it keeps, or for sums; sums take longer with less. "
              "Default: 1, or its part of half of what is free")
      .range(1e-6, 1e6);
  line.check([&request, additions](const CommandLine&) { complete(request, *additions); });
}

}  // namespace dko::app
