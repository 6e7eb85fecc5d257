#include "keep_options.hpp"

#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>
#include <charconv>
#include <string_view>

#include "dko/base/error.hpp"
#include "score_names.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

constexpr std::string_view top_prefix = "top:";
constexpr std::int64_t largest_top = 1'000'000'000;

std::int64_t top_of(std::string_view text) {
  text.remove_prefix(top_prefix.size());
  std::int64_t top = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), top);
  if (error != std::errc() || end != text.data() + text.size() || top < 1 || top > largest_top) {
    throw UsageError(
        fmt::format("--keep top:K: K must be a whole number from 1 to {}, not '{}'", largest_top, text));
  }
  return top;
}

Measure selecting_measure(const KeepOptions& options) {
  if (options.by.empty()) return {};
  const std::vector<Measure> measures = measures_named(options.by, "--keep-by");
  if (measures.size() > 1 || !is_proper(measures.front().score)) {
    throw UsageError(
        "--keep-by must be one of impact, network, interaction and network-interaction: one selects");
  }
  return measures.front();
}

}  // namespace

void add_keep_options(CommandLine& line, KeepOptions& options) {
  line.add()(
      "keep", po::value(&options.keep)->default_value(options.keep)->value_name("WHAT"),
      "of all double knockouts: full, every score; top:K, of every cell the K highest and the K lowest; "
      "summary, of every pair of genes what its scores and interactions come to over cells")(
      "threshold", po::value<double>()->value_name("T")->notifier([&](double value) {
        require_between("--threshold", value, -1e6, 1e6);
        options.threshold = value;
      }),
      "of all double knockouts only those of T or more (interactions: either way); with --keep top:K those "
      "that are both")("keep-by", po::value(&options.by)->value_name("MEASURE"),
                       "what selects: impact (default), network, interaction or network-interaction")(
      "memory", po::value<double>()->value_name("G")->notifier([&](double gibi) {
        require_between("--memory", gibi, 1e-6, 1e6);
        options.memory = gibi;
      }),
      "GiB that each rank may use for the pairs it keeps, or for sums; sums take longer with less. "
      "Default: 1, or its part of half of what is free");
}

PairKeeping keeping_of(const KeepOptions& options) {
  PairKeeping keeping;
  keeping.by = selecting_measure(options);
  keeping.threshold = options.threshold;
  if (options.keep.starts_with(top_prefix))
    keeping.top = top_of(options.keep);
  else if (options.keep != "full" && options.keep != "summary")
    throw UsageError(fmt::format("--keep must be full, summary or top:K, not '{}'", options.keep));
  if (keeping.top > 0 || keeping.threshold) keeping.form = PairKeeping::Form::selected;
  if (options.keep == "summary") {
    if (keeping.threshold) throw UsageError("--threshold selects pairs, --keep summary is of all: give one");
    keeping.form = PairKeeping::Form::summary;
  }
  if (!options.by.empty() && keeping.form != PairKeeping::Form::selected)
    throw UsageError("--keep-by says what --keep top:K or --threshold selects by: give one of them");
  if (options.memory && keeping.form == PairKeeping::Form::all)
    throw UsageError("--memory is for --keep top:K, --threshold and --keep summary");
  return keeping;
}

}  // namespace dko::app
