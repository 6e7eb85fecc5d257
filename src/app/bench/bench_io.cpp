#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <system_error>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/start_job.hpp"
#include "app/table.hpp"
#include "dko/base/error.hpp"
#include "dko/base/quantile.hpp"
#include "dko/base/random.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/base/units.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/raw_file.hpp"
#include "dko/results/screen_file/screen_writer.hpp"
#include "dko/simulation/synthetic_mapping.hpp"
#include "dko/system/available_memory.hpp"

namespace dko::app {

namespace {

// A synthetic screen: of all pairs of cells that express this many genes.
constexpr std::int64_t genes_of_cell = 1000;
constexpr std::int64_t pairs_of_cell = genes_of_cell * (genes_of_cell - 1) / 2;

struct IoOptions {
  std::string out;
  double size = 1;  ///< GiB
  std::int64_t repeats = 9;
  CommonOptions common;

  std::int64_t cells() const {
    return std::max<std::int64_t>(
        1, std::llround(size * gibibyte / (sizeof(float) * static_cast<double>(pairs_of_cell))));
  }
  std::int64_t scores() const { return cells() * pairs_of_cell; }
  double bytes() const { return sizeof(float) * static_cast<double>(scores()); }
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

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw IoError(fmt::format("{}: {}: {}", path, what, std::system_category().message(errno)));
}

/// A file of the operating system's.
class PlainFile {
 public:
  explicit PlainFile(std::string path) : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY)) {
    if (file_ < 0) fail(path_, "cannot be opened");
  }
  ~PlainFile() { ::close(file_); }
  PlainFile(const PlainFile&) = delete;
  PlainFile& operator=(const PlainFile&) = delete;

  void write_at(std::int64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), offset);
      if (written < 0) fail(path_, "writing failed");
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      offset += written;
    }
  }
  void sync() {
    if (::fsync(file_) != 0) fail(path_, "synchronising failed");
  }

 private:
  std::string path_;
  int file_;
};

/// Calls write(first score, scores) for the pieces of this rank's share, as a screen writes them.
template <class Write>
void in_pieces(RankShare share, std::span<const float> piece, Write write) {
  for (std::int64_t first = share.first; first < share.last; first += std::ssize(piece)) {
    const auto count = std::min<std::int64_t>(std::ssize(piece), share.last - first);
    write(first, piece.first(static_cast<std::size_t>(count)));
  }
}

/// What all ways of writing have at hand.
struct Task {
  std::string path;
  RankShare share;
  std::vector<float> piece;
  ScreenPlan plan;  ///< without targets
  AtRoot<RelativeProfiles> matrix;
};

void write_plainly(const Task& task, auto& file) {
  in_pieces(task.share, task.piece, [&](std::int64_t first, std::span<const float> scores) {
    file.write_at(first * static_cast<std::int64_t>(sizeof(float)), std::as_bytes(scores));
  });
  file.sync();
}

void write_screen(const Task& task, const Communicator& ranks) {
  ScreenWriter writer(task.path, ranks, task.plan);
  in_pieces(task.share, task.piece, [&](std::int64_t first, std::span<const float> scores) {
    writer.write(ScoreArray::pairs, first, {scores});
  });
  writer.close();
}

void write_by_mpi(const Task& task, const Communicator& ranks) {
  MpiFile file(ranks, task.path);
  write_plainly(task, file);
  file.close();
}

void write_by_system(const Task& task, const Communicator&) {
  PlainFile file(task.path);
  write_plainly(task, file);
}

struct Way {
  const char* name;
  bool is_screen;
  void (*write)(const Task& task, const Communicator& ranks);
};

constexpr std::array ways{Way{"screen", true, write_screen}, Way{"MPI-IO", false, write_by_mpi},
                          Way{"pwrite", false, write_by_system}};

/// Empties the file, or makes a screen file of it, then has all ranks write; seconds of the latter.
/// Collective.
double time_way(const Way& way, const Task& task, const Job& job) {
  const Communicator& ranks = job.ranks();
  on_root(ranks, [&] {
    std::filesystem::resize_file(task.path, 0);
    if (!way.is_screen) return;
    ScreenPlan plan = task.plan;
    plan.targets = select_targets(*task.matrix);
    create_screen_file(task.path, *task.matrix, plan, job.provenance);
  });
  ranks.barrier();
  const Stopwatch watch;
  way.write(task, ranks);
  ranks.barrier();
  return ranks.max(watch.seconds());
}

/// GB/s of each way, one a repeat.
using Rates = std::array<std::vector<double>, ways.size()>;

Rates measure(const Task& task, const IoOptions& options, Job& job) {
  Rates rates;
  for (std::int64_t repeat = 0; repeat < options.repeats; ++repeat) {
    // Each goes first in its turn: disks remember what was written before.
    for (std::size_t turn = 0; turn < ways.size(); ++turn) {
      const std::size_t at = (turn + static_cast<std::size_t>(repeat)) % ways.size();
      const double seconds = time_way(ways[at], task, job);
      rates[at].push_back(options.bytes() / 1e9 / seconds);
      job.log.detail("{}: {:.3f} GB/s", ways[at].name, rates[at].back());
    }
  }
  return rates;
}

/// Median ratio of the rates of one round each, so that a disk's slow moments count for both.
double ratio_to(const std::vector<double>& rates, std::vector<double> others) {
  for (std::size_t round = 0; round < rates.size(); ++round) others[round] = rates[round] / others[round];
  return median(std::move(others));
}

nlohmann::ordered_json report(const Rates& rates) {
  Table table({"way", "GB/s", "lowest", "highest", "of MPI-IO"});
  nlohmann::ordered_json json;
  for (std::size_t at = 0; at < ways.size(); ++at) {
    const double rate = median(rates[at]);
    const double of_mpi = ratio_to(rates[at], rates[1]);
    table.add({ways[at].name, fmt::format("{:.3f}", rate),
               fmt::format("{:.3f}", *std::ranges::min_element(rates[at])),
               fmt::format("{:.3f}", *std::ranges::max_element(rates[at])), fmt::format("{:.2f}", of_mpi)});
    json.push_back({{"way", ways[at].name},
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
  Task task;
  const RankShare blocks = job.ranks().share_of((options.scores() + events_of_block - 1) / events_of_block);
  task.share = {blocks.first * events_of_block, std::min(options.scores(), blocks.last * events_of_block)};
  task.plan.doubles = ScoreSet{{.impact = true}};
  task.path = job.ranks().broadcast(
      out.transform([](const OutputFile& file) { return file.partial_path().string(); }));
  task.matrix = on_root(job.ranks(), [&] {
    require_disk_space(task.path, 1.01 * options.bytes(), "the scores");
    // All express all.
    return make_cells(options.cells(), genes_of_cell, genes_of_cell, 1).relative_profiles();
  });
  RandomStream stream(1, "scores", static_cast<std::uint64_t>(job.ranks().rank()));
  task.piece.resize(scores_per_write);
  for (float& score : task.piece) score = static_cast<float>(stream.uniform(0, 1));
  job.log.info("writing {} from {} in pieces of {}, {} times each way", human_bytes(options.bytes()),
               counted(job.ranks().size(), "rank"), human_bytes(sizeof(float) * scores_per_write),
               options.repeats);
  const Rates rates = measure(task, options, job);
  on_root(job.ranks(), [&] {
    summary->write({{"provenance", to_json(job.provenance)},
                    {"bytes", options.bytes()},
                    {"nodes", job.nodes.leaders.size()},
                    {"piece_bytes", sizeof(float) * scores_per_write},
                    {"repeats", options.repeats},
                    {"ways", report(rates)}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_io_command() {
  return make_command<IoOptions>(line_of, run);
}

}  // namespace dko::app
