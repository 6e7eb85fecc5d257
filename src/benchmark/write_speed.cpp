#include "dko/benchmark/write_speed.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <span>
#include <system_error>

#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/quantile.hpp"
#include "dko/base/random.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/raw_file.hpp"
#include "dko/results/screen_file/screen_writer.hpp"
#include "dko/simulation/synthetic_mapping.hpp"

namespace dko {

namespace {

constexpr std::int64_t genes_of_cell = 1000;
constexpr std::int64_t pairs_of_cell = genes_of_cell * (genes_of_cell - 1) / 2;

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
  bool is_screen;
  void (*write)(const Task& task, const Communicator& ranks);
};

/// In the order of write_ways.
constexpr std::array ways{Way{true, write_screen}, Way{false, write_by_mpi}, Way{false, write_by_system}};

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

/// Collective.
Task make_task(const AtRoot<std::string>& path, const ScoreVolume& volume, const Communicator& ranks) {
  Task task;
  const RankShare blocks = ranks.share_of((volume.scores() + events_of_block - 1) / events_of_block);
  task.share = {blocks.first * events_of_block, std::min(volume.scores(), blocks.last * events_of_block)};
  task.plan.doubles = ScoreSet{{.impact = true}};
  task.path = ranks.broadcast(path);
  task.matrix = on_root(ranks, [&] {
    require_disk_space(task.path, 1.01 * volume.bytes(), "the scores");
    // All express all.
    return make_cells(volume.cells, genes_of_cell, genes_of_cell, 1).relative_profiles();
  });
  RandomStream stream(1, "scores", static_cast<std::uint64_t>(ranks.rank()));
  task.piece.resize(scores_per_write);
  for (float& score : task.piece) score = static_cast<float>(stream.uniform(0, 1));
  return task;
}

}  // namespace

std::int64_t ScoreVolume::scores() const {
  return cells * pairs_of_cell;
}

double ScoreVolume::bytes() const {
  return sizeof(float) * static_cast<double>(scores());
}

ScoreVolume volume_of(double bytes) {
  const double cells = bytes / (sizeof(float) * static_cast<double>(pairs_of_cell));
  return {std::max<std::int64_t>(1, std::llround(cells))};
}

WriteRates measure_writing(const AtRoot<std::string>& path, const ScoreVolume& volume, std::int64_t rounds,
                           Job& job) {
  const Task task = make_task(path, volume, job.ranks());
  job.log.info("writing {} from {} in pieces of {}, {} times each way", human_bytes(volume.bytes()),
               counted(job.ranks().size(), "rank"), human_bytes(bytes_of_piece), rounds);
  WriteRates rates;
  for (std::int64_t round = 0; round < rounds; ++round) {
    // Each goes first in its turn: disks remember what was written before.
    for (std::size_t turn = 0; turn < ways.size(); ++turn) {
      const std::size_t at = (turn + static_cast<std::size_t>(round)) % ways.size();
      const double seconds = time_way(ways[at], task, job);
      rates[at].push_back(volume.bytes() / 1e9 / seconds);
      job.log.detail("{}: {:.3f} GB/s", write_ways[at], rates[at].back());
    }
  }
  return rates;
}

double ratio_to(const std::vector<double>& rates, std::vector<double> others) {
  for (std::size_t round = 0; round < rates.size(); ++round) others[round] = rates[round] / others[round];
  return median(std::move(others));
}

}  // namespace dko
