#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/start_job.hpp"
#include "app/table.hpp"
#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/quantile.hpp"
#include "dko/base/units.hpp"
#include "dko/benchmark/write_speed.hpp"
#include "dko/parallel/collective.hpp"

namespace dko::app {

namespace {

struct IoOptions {
  std::string out;
  double size = 1;  ///< GiB
  std::int64_t repeats = 9;
  CommonOptions common;
};

CommandLine line_of(IoOptions& options) {
  CommandLine line(
      "bench io -o FILE [options]",
      "Writes scores to a screen file from all ranks, as a screen does, and the same bytes in the "
      "same pieces by plain MPI-IO and by plain writes; in turns, each until the file system says "
      "that all is on disk. The file is removed in the end.",
      "mpirun -n 2 dko bench io -o bench.h5 --size 4");
  line.group("Bench");
  line.option("out,o", options.out, "FILE", "a file where screens would be written; it must not exist")
      .required()
      .writes();
  line.option("size", options.size, "G", "GiB to write each time, by all ranks together").range(1e-6, 1e6);
  line.option("repeats", options.repeats, "R",
              "how often; the median counts, and of the ratios those of one round each")
      .range(1, 1000);
  add_common(line, options.common);
  return line;
}

nlohmann::ordered_json report(const WriteRates& rates) {
  Table table({"way", "GB/s", "lowest", "highest", "of MPI-IO"});
  nlohmann::ordered_json json;
  for (std::size_t at = 0; at < write_ways.size(); ++at) {
    const double rate = median(rates[at]);
    const double of_mpi = ratio_to(rates[at], rates[plain_way]);
    table.add({write_ways[at], fmt::format("{:.3f}", rate),
               fmt::format("{:.3f}", *std::ranges::min_element(rates[at])),
               fmt::format("{:.3f}", *std::ranges::max_element(rates[at])), fmt::format("{:.2f}", of_mpi)});
    json.push_back({{"way", write_ways[at]},
                    {"gb_per_second", rate},
                    {"of_mpi_io", of_mpi},
                    {"all_gb_per_second", rates[at]}});
  }
  std::cout << table.text();
  return json;
}

void run(const IoOptions& options, const Context& context) {
  on_root(context.communicator, [&] {
    if (!context.communicator.is_mpi())
      throw UsageError("dko bench io measures MPI-IO: start it by mpirun or srun, if only with -n 1");
  });
  Job job = start_job(context, options.common, 1);
  AtRoot<OutputFile> out =
      on_root(job.ranks(), [&] { return OutputFile(options.out, options.common.force); });
  AtRoot<JsonReport> summary = on_root(job.ranks(), [&] { return JsonReport(options.common); });
  const ScoreVolume volume = volume_of(options.size * gibibyte);
  const WriteRates rates =
      measure_writing(out.transform([](const OutputFile& file) { return file.partial_path().string(); }),
                      volume, options.repeats, job);
  on_root(job.ranks(), [&] {
    summary->write({{"provenance", to_json(job.provenance)},
                    {"bytes", volume.bytes()},
                    {"nodes", job.nodes.leaders.size()},
                    {"piece_bytes", bytes_of_piece},
                    {"repeats", options.repeats},
                    {"ways", report(rates)}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_io_command() {
  return make_command<IoOptions>(line_of, run);
}

}  // namespace dko::app
