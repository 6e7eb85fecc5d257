#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// The arrays of a screen's summary of pairs, open for all ranks at once. Every pair of the k genes has a
/// place, row by row as in PairIndex: each block of sums is one contiguous hyperslab of each array, written
/// in pieces.
class PairSummaryWriter final : public PairSumsSink {
 public:
  /// Collective. @throws IoError
  PairSummaryWriter(const std::filesystem::path& path, const Communicator& ranks, const ScreenPlan& plan);

  /// The rows of these first genes, which are then put on record. Local. @throws IoError
  void write(const PairSums& sums) override;
  /// What is not complete has no place in the file. Local.
  void keep(const PairSums&, std::int64_t) override {}

  /// Collective. @throws IoError: the last numbers may reach the disk only now.
  void close();

 private:
  template <class Visit>
  void visit_arrays(const PairSums& sums, Visit visit) const;

  std::filesystem::path path_;
  Communicator ranks_;
  hdf5::File file_;
  std::vector<Measure> measures_;
  std::map<std::string, hdf5::Dataset> datasets_;  // by their path
  std::map<std::string, hdf5::Dataset> records_;   // likewise, of their rows
};

}  // namespace dko
