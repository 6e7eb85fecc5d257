#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/pair_sums_screen.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// The arrays of a screen's summary of pairs, open for all ranks at once. Every pair of the k genes has a
/// place, row by row as in PairIndex: each block of sums is one contiguous hyperslab of each array, written
/// in pieces.
class PairSummaryWriter final : public PairSumsSink {
 public:
  /// Collective. @throws IoError
  PairSummaryWriter(const std::filesystem::path& path, const Communicator& ranks, const ScreenPlan& plan);

  /// Local. @throws IoError
  void write(std::int64_t first, const PairSums& sums) override;

  /// Collective. @throws IoError: the last numbers may reach the disk only now.
  void close();

 private:
  void write_measure(std::int64_t first, const PairSums& sums, std::size_t measure);
  template <class Number, class Value>
  void write_array(const std::string& name, std::int64_t first, std::int64_t count, Value value);

  hdf5::File file_;
  std::vector<Measure> measures_;
  std::map<std::string, hdf5::Dataset> datasets_;  // by their path
};

}  // namespace dko
