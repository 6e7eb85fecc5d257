#pragma once
// The summary of pairs in a screen file, known to its writer and its reader.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/base/block_checksum.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/knockout/measure.hpp"
#include "dko/knockout/screen.hpp"

namespace dko::summary_layout {

constexpr auto group = "summary";
constexpr auto genes = "genes";
constexpr auto cells = "cells";

constexpr auto mean = "mean";
constexpr auto sd = "sd";
constexpr auto min = "min";
constexpr auto max = "max";
constexpr auto same_sign = "same_sign";

/// The group of a measure: impact, network_interaction, ….
std::string group_of(const Measure& measure);

/// The arrays of a measure: of a standard deviation over members only the mean.
std::vector<std::string> arrays_of(const Measure& measure);

/// Paths in the group of all arrays of pairs, in the order in which a row's checksum takes them.
std::vector<std::string> all_arrays(const std::vector<Measure>& measures);

/// Of one row of pairs in all arrays.
class RowChecksum {
 public:
  template <class T>
  void add(std::span<const T> values) {
    of_arrays_.push_back(block_checksum(values));
  }
  std::uint64_t value() const { return block_checksum(std::span(of_arrays_)); }

 private:
  std::vector<std::uint64_t> of_arrays_;
};

/// Makes the group with all its arrays, their space taken and nothing in them. @throws IoError
void create(hdf5::File& file, const ScreenPlan& plan, const ExpressionMatrix& matrix);

/// Makes the record of rows (first genes) that are there, with nothing on it. @throws IoError
void create_record(hdf5::Location& progress, const ScreenPlan& plan, const ExpressionMatrix& matrix);

}  // namespace dko::summary_layout
