#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// The arrays of a screen's summary of pairs, open for all ranks at once. Every pair of the k genes has a
/// place, row by row as in PairIndex: each rank's sums are one contiguous hyperslab of each array, written in
/// pieces. Of a row that several ranks have, its first writes the record.
class PairSummaryWriter final : public PairSumsSink {
 public:
  /// Collective. @throws IoError
  PairSummaryWriter(const std::filesystem::path& path, const Communicator& ranks, const ScreenPlan& plan);
  ~PairSummaryWriter() override;

  /// The rows of the division's first genes, which are then put on record, by checksums of what is to reach
  /// the disk with close(). Collective. @throws IoError
  void write(const PairSums& sums, const PairDivision& division) override;
  /// What is not complete has no place in the file. Local.
  void keep(const PairSums&, const PairDivision&, std::int64_t) override {}

  /// Collective. @throws IoError: the last numbers may reach the disk only now.
  void close();

 private:
  class Block;
  struct Array {
    hdf5::Dataset values;
    hdf5::Dataset record;  // of their rows
  };

  std::filesystem::path path_;
  Communicator ranks_;
  hdf5::File file_;
  std::vector<Measure> measures_;
  std::vector<Array> arrays_;  // as summary_layout::all_arrays has them
};

}  // namespace dko
