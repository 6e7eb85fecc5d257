#include "dko/mapping/training_advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr auto group_name = "advice";

struct Name {
  Determination determination;
  const char* name;
};
constexpr std::array names{
    Name{Determination::determined, "determined"}, Name{Determination::partly, "partly"},
    Name{Determination::not_at_all, "not at all"}, Name{Determination::by_nothing, "by nothing"}};

struct Figure {
  const char* name;
  double TrainingAdvice::*member;
};
constexpr std::array figures{
    Figure{"mapping", &TrainingAdvice::mapping}, Figure{"mean_share", &TrainingAdvice::mean_share},
    Figure{"ridge", &TrainingAdvice::ridge}, Figure{"sparse", &TrainingAdvice::sparse}};

std::string per_cent(double part) {
  return fmt::format("{:.3g} %", 100 * part);
}

std::string instead(const TrainingAdvice& advice) {
  return advice.sparse_is_better ? fmt::format("Use {}", parameter("mapping", "sparse"))
                                 : fmt::format("Use more cells, or fewer genes ({})", parameter("top-genes"));
}

}  // namespace

const char* name_of(Determination determination) {
  return std::find_if(names.begin(), names.end(),
                      [&](const Name& name) { return name.determination == determination; })
      ->name;
}

std::string advice_text(const TrainingAdvice& advice) {
  const std::string start =
      fmt::format("on {} the trained mapping predicts ", counted(advice.cells, "validation cell"));
  const std::string beside = fmt::format(
      "each gene's mean share (shares are off by {} against {}; by a ridge regression per gene {}, by a "
      "quick fit of the sparse mapping {})",
      per_cent(advice.mapping), per_cent(advice.mean_share), per_cent(advice.ridge), per_cent(advice.sparse));
  const bool is_better = advice.mapping < advice.mean_share;
  switch (advice.determination) {
    case Determination::determined:
      return fmt::format("{}better than {}: these data determine it, as far as cells without a loss can tell",
                         start, beside);
    case Determination::partly:
      return fmt::format(
          "{}better than {}, but misses much of what a regression finds: these data determine it only in "
          "part. {}",
          start, beside, instead(advice));
    case Determination::not_at_all:
      return fmt::format("{}{} {}: these data do not determine it, and its scores are not reliable. {}",
                         start, is_better ? "not clearly better than" : "no better than", beside,
                         instead(advice));
    case Determination::by_nothing:
      break;
  }
  const std::string judge = fmt::format("{} by held-out cells (dko predict) before you rely on any score",
                                        parameter("mapping", "sparse"));
  if (is_better) {
    return fmt::format(
        "{}not clearly better than {}, and nor does a regression: whether these data determine it is open. "
        "Judge "
        "it and {}",
        start, beside, judge);
  }
  return fmt::format(
      "{}no better than {}, and nor does a regression, clearly: these data do not determine it, and its "
      "scores "
      "are not reliable. Judge {}",
      start, beside, judge);
}

void write_advice(hdf5::Location& file, const std::optional<TrainingAdvice>& advice) {
  if (!advice) return;
  hdf5::Location group = file.create_group(group_name);
  group.set("determined", std::string(name_of(advice->determination)));
  group.set("text", advice_text(*advice));
  group.set("sparse_is_better", std::int64_t{advice->sparse_is_better});
  group.set("cells", advice->cells);
  group.set("genes", advice->genes);
  for (const Figure& figure : figures) group.set(figure.name, (*advice).*figure.member);
}

std::optional<TrainingAdvice> read_advice(const hdf5::Location& file) {
  if (!file.has(group_name)) return std::nullopt;
  const hdf5::Location group = file.group(group_name);
  TrainingAdvice advice;
  const std::string name = group.text_attribute("determined");
  const auto known =
      std::find_if(names.begin(), names.end(), [&](const Name& candidate) { return candidate.name == name; });
  if (known == names.end()) {
    throw InputError(fmt::format("{}: attribute determined is '{}', which this program does not know",
                                 group.place(), name));
  }
  advice.determination = known->determination;
  advice.sparse_is_better = group.integer_attribute("sparse_is_better") != 0;
  advice.cells = group.integer_attribute("cells");
  advice.genes = group.integer_attribute("genes");
  for (const Figure& figure : figures) {
    advice.*figure.member = group.real_attribute(figure.name);
    if (!(advice.*figure.member >= 0))
      throw InputError(fmt::format("{}: attribute {} is {}, not an error", group.place(), figure.name,
                                   advice.*figure.member));
  }
  return advice;
}

}  // namespace dko
