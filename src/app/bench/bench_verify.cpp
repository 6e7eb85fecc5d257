#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/start_job.hpp"
#include "bench_screen_options.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/base/units.hpp"
#include "dko/benchmark/screen_verification.hpp"
#include "dko/parallel/collective.hpp"

namespace dko::app {

namespace {

struct BenchVerifyOptions {
  std::string file;
  ScreenBench bench;
  SampleOptions sample;
  CommonOptions common;
};

CommandLine line_of(BenchVerifyOptions& options) {
  CommandLine line(
      "bench verify FILE [options]",
      "Reads a screen of dko bench screen back from the file system, all of it, compares every block with "
      "its checksum, and scores a sample of its knockouts again in double precision, on other ranks than "
      "those that wrote them. What is missing, corrupt, or further than 2e-5 off is an error (exit code 3).",
      "mpirun -n 2 dko bench verify bench.h5 --genes 10000 --cells 20 --expressed 3000");
  line.argument("FILE", options.file);
  line.group("Sample");
  line.option("samples", options.sample.events, "N",
              "knockouts to score again, at least; all, where they are fewer than twice as many")
      .range(1, 1e12)
      .usual();
  line.option("sample-seed", options.sample.seed, "S", "seed of the draw of these").range(0, 1e15);
  line.group("Screen: as it was made");
  add_bench_screen(line, options.bench);
  add_common(line, options.common);
  return line;
}

nlohmann::ordered_json json_of(const BlockCounts& counts) {
  return {{"read", counts.read},
          {"bytes", counts.bytes},
          {"missing", counts.absent},
          {"corrupt", counts.damaged}};
}

nlohmann::ordered_json json_of(const ScreenVerification& found, const SampleOptions& sample) {
  return {{"valid", found.faults().empty()},
          {"why", found.faults()},
          {"knockouts", found.events},
          {"drawn", found.drawn},
          {"sampled", found.sampled},
          {"sample_seed", sample.seed},
          {"compared", found.compared},
          {"wrong", found.wrong},
          {"tolerance", score_tolerance},
          {"largest_difference", found.largest.size},
          {"share_to_find", share_to_find},
          {"chance", found.chance},
          {"blocks", {{"single", json_of(found.singles)}, {"double", json_of(found.pairs)}}},
          {"on_other_ranks", found.on_other_ranks},
          {"page_cache_dropped", found.is_cache_dropped},
          {"seconds", found.seconds}};
}

/// What this program was compiled by, for which processor.
nlohmann::ordered_json build_facts() {
#if defined(__clang__)
  const char* compiler = "clang " __clang_version__;
#elif defined(__GNUC__)
  const char* compiler = "GCC " __VERSION__;
#else
  const char* compiler = "unknown";
#endif
  return {{"compiler", compiler}, {"built_for", DKO_BUILT_FOR}};
}

void report(const ScreenVerification& found) {
  const std::int64_t blocks = found.singles.read + found.pairs.read;
  std::cout << fmt::format(
      "{} read back: {}{}\n"
      "{} of {} scored again in double precision: largest difference {:.2g}\n"
      "one wrong score in {:.0f} or more would be found with a chance of at least {:.4f}\n",
      counted(blocks, "block"), human_bytes(static_cast<double>(found.singles.bytes + found.pairs.bytes)),
      found.is_cache_dropped ? "" : ", perhaps from the page cache: a node could not drop the file from it",
      counted(found.sampled, "knockout"), with_thousands(found.events), found.largest.size, 1 / share_to_find,
      found.chance);
}

void run(const BenchVerifyOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.bench.seed);
  AtRoot<JsonReport> summary = on_root(job.ranks(), [&] { return JsonReport(options.common); });
  const ScreenVerification found = verify_screen(options.bench, options.file, options.sample, job);
  on_root(job.ranks(), [&] {
    summary->write({{"provenance", to_json(job.provenance)},
                    {"build", build_facts()},
                    {"verification", json_of(found, options.sample)}});
    report(found);
    std::string words;
    for (const std::string& fault : found.faults()) words += (words.empty() ? "" : "; ") + fault;
    if (!words.empty()) throw InputError(fmt::format("{}: verification failed: {}", options.file, words));
  });
}

}  // namespace

std::unique_ptr<Command> bench_verify_command() {
  return make_command<BenchVerifyOptions>(line_of, run);
}

}  // namespace dko::app
