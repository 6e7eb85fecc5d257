#include "summary_sink.hpp"

#include <utility>

#include "dko/base/output_path.hpp"
#include "dko/base/stopwatch.hpp"

namespace dko {

SummarySink::SummarySink(std::string path, const ScreenPlan& plan, RankSnapshots states, bool has_saved,
                         SaveClock& clock, const Communicator& ranks)
    : path_(std::move(path)),
      writer_(path_, ranks, plan),
      states_(std::move(states)),
      has_saved_(has_saved),
      clock_(clock),
      ranks_(ranks) {}

void SummarySink::write(const PairSums& sums, const PairDivision& division) {
  const Stopwatch watch;
  writer_.write(sums, division);
  if (has_saved_) forget(division);
  writing_seconds_ += watch.seconds();
}

void SummarySink::keep(const PairSums& sums, const PairDivision& division, std::int64_t next_cell) {
  const Stopwatch watch;
  clock_.save([&] { states_.save(sums, division, next_cell, ranks_); });
  has_saved_ = true;
  writing_seconds_ += watch.seconds();
}

void SummarySink::forget(const PairDivision& division) {
  sync_file(path_);
  ranks_.barrier();
  if (ranks_.is_root()) states_.remove(division);
}

}  // namespace dko
