#include "compressed_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr std::int64_t block_entries = std::int64_t{1} << 18;
constexpr std::int64_t most_in_memory = std::int64_t{1} << 26;

/// indptr, checked against what it divides.
std::vector<std::int64_t> read_starts(const hdf5::Location& group, std::int64_t runs, std::int64_t entries) {
  const hdf5::Dataset indptr = group.dataset("indptr");
  if (indptr.size() != runs + 1) {
    throw InputError(
        fmt::format("{}: has {} entries, expected {}: one more than the rows or columns that it divides",
                    indptr.place(), indptr.size(), runs + 1));
  }
  std::vector<std::int64_t> starts(static_cast<std::size_t>(runs + 1));
  indptr.read(0, std::span<std::int64_t>(starts));
  if (starts.front() != 0 || starts.back() != entries || !std::is_sorted(starts.begin(), starts.end()))
    throw InputError(fmt::format(
        "{}: is not ascending from 0 to {}, the number of entries, but from {} to {}: the file is corrupt",
        indptr.place(), entries, starts.front(), starts.back()));
  return starts;
}

void require_numbers(const hdf5::Dataset& array) {
  if (array.content() != hdf5::Content::numbers)
    throw InputError(fmt::format("{}: is not numeric", array.place()));
}

/// Whether entries of a cell are as a matrix holds them: genes ascending from 0 to below `genes_bound`,
/// values finite and above 0.
bool is_row(std::span<const std::int32_t> genes, std::span<const float> values, std::int64_t genes_bound) {
  if (genes.front() < 0 || genes.back() >= genes_bound) return false;
  // Without branches, so that compilers use vectors.
  int faults = 0;
  for (std::size_t at = 1; at < genes.size(); ++at) faults |= static_cast<int>(genes[at - 1] >= genes[at]);
  for (const float value : values)
    faults |=
        static_cast<int>(!(value > 0)) | static_cast<int>(!(value < std::numeric_limits<float>::infinity()));
  return faults == 0;
}

/// Gives the entries of a matrix to a builder, block by block; Index is what their indices are read as.
template <class Index>
class EntryReader {
 public:
  EntryReader(const CompressedMatrix& matrix, const EntryCheck& check, hdf5::Dataset indices,
              std::vector<std::int64_t> starts)
      : matrix_(matrix),
        check_(check),
        indices_(std::move(indices)),
        data_(matrix.group.dataset("data")),
        starts_(std::move(starts)),
        bound_(std::ssize(matrix.by_cell ? check.genes : check.cells)) {}

  void read_into(MatrixBuilder& builder, const MemoryLimit& limit) {
    const std::int64_t block = whole_chunks();
    for (std::int64_t first = 0; first < starts_.back(); first += block) {
      limit.require(builder.bytes());
      const auto count = static_cast<std::size_t>(std::min(block, starts_.back() - first));
      minor_.resize(count);
      values_.resize(count);
      indices_.read(first, std::span<Index>(minor_));
      data_.read(first, std::span<float>(values_));
      add_block(first, builder);
    }
  }

 private:
  /// Entries of a block that ends with a chunk, so that none is decompressed twice, unless chunks are very
  /// large.
  std::int64_t whole_chunks() const {
    const hdf5::Shape chunk = data_.chunk();
    const std::int64_t length = chunk.empty() ? 1 : std::max<std::int64_t>(1, chunk[0]);
    return length > most_in_memory ? block_entries
                                   : std::max<std::int64_t>(1, block_entries / length) * length;
  }

  void add_block(std::int64_t first, MatrixBuilder& builder) {
    const std::int64_t last = first + std::ssize(minor_);
    for (std::int64_t at = first; at < last;) {
      while (at >= starts_[static_cast<std::size_t>(run_) + 1]) ++run_;
      const std::int64_t end = std::min(last, starts_[static_cast<std::size_t>(run_) + 1]);
      const auto from = static_cast<std::size_t>(at - first);
      const auto count = static_cast<std::size_t>(end - at);
      add_run(at, std::span<const Index>(minor_).subspan(from, count),
              std::span<const float>(values_).subspan(from, count), builder);
      at = end;
    }
  }

  /// Entries of one run, from number `first` on.
  void add_run(std::int64_t first, std::span<const Index> minor, std::span<const float> values,
               MatrixBuilder& builder) const {
    if constexpr (std::is_same_v<Index, std::int32_t>) {
      if (matrix_.by_cell && matrix_.gene_places.empty() && is_row(minor, values, bound_))
        return builder.add_row(run_, minor, values);
    }
    for (std::size_t at = 0; at < minor.size(); ++at)
      add_entry(first + static_cast<std::int64_t>(at), minor[at], values[at], builder);
  }

  void add_entry(std::int64_t entry, std::int64_t other, float value, MatrixBuilder& builder) const {
    if (other < 0 || other >= bound_) {
      throw InputError(fmt::format("{}: entry {} is {}, and there are {} {}: the file is corrupt",
                                   indices_.place(), entry, other, bound_,
                                   matrix_.by_cell ? "genes" : "cells"));
    }
    const std::int64_t cell = matrix_.by_cell ? run_ : other;
    const std::int64_t gene = matrix_.by_cell ? other : run_;
    check_(cell, gene, value);
    const std::int64_t place =
        matrix_.gene_places.empty() ? gene : matrix_.gene_places[static_cast<std::size_t>(gene)];
    if (place >= 0) builder.add(cell, place, value);
  }

  const CompressedMatrix& matrix_;
  const EntryCheck& check_;
  hdf5::Dataset indices_;
  hdf5::Dataset data_;
  std::vector<std::int64_t> starts_;
  std::int64_t bound_;  // of indices
  std::int64_t run_ = 0;
  std::vector<Index> minor_;
  std::vector<float> values_;
};

}  // namespace

void read_compressed(const CompressedMatrix& matrix, const EntryCheck& check, const MemoryLimit& limit,
                     MatrixBuilder& builder) {
  const hdf5::Dataset data = matrix.group.dataset("data");
  hdf5::Dataset indices = matrix.group.dataset("indices");
  require_numbers(data);
  require_numbers(indices);
  if (data.size() != indices.size()) {
    throw InputError(fmt::format("{}: data has {} entries and indices {}: the file is corrupt",
                                 matrix.group.place(), data.size(), indices.size()));
  }
  const std::int64_t runs = std::ssize(matrix.by_cell ? check.cells : check.genes);
  std::vector<std::int64_t> starts = read_starts(matrix.group, runs, data.size());
  if (matrix.gene_places.empty()) {
    limit.require(MatrixBuilder::bytes_of_entries(starts.back()));
    builder.reserve(starts.back());
  }
  if (indices.is_stored_as(hdf5::Type::i32))
    EntryReader<std::int32_t>(matrix, check, std::move(indices), std::move(starts)).read_into(builder, limit);
  else
    EntryReader<std::int64_t>(matrix, check, std::move(indices), std::move(starts)).read_into(builder, limit);
}

void read_dense(const hdf5::Dataset& array, const EntryCheck& check, const MemoryLimit& limit,
                MatrixBuilder& builder) {
  require_numbers(array);
  const std::int64_t cells = std::ssize(check.cells);
  const std::int64_t genes = std::ssize(check.genes);
  if (array.shape() != hdf5::Shape{cells, genes}) {
    throw InputError(fmt::format("{}: its shape is not {} × {}, the numbers of names", array.place(),
                                 counted(cells, "cell"), counted(genes, "gene")));
  }
  if (cells == 0 || genes == 0) return;
  // Whole chunks, so that none is decompressed twice, unless they are very tall.
  const hdf5::Shape chunk = array.chunk();
  const std::int64_t tall = chunk.empty() ? 1 : std::max<std::int64_t>(1, chunk[0]);
  std::int64_t rows = std::max(block_entries / genes / tall, std::int64_t{1}) * tall;
  rows = std::clamp<std::int64_t>(std::min(rows, most_in_memory / genes), 1, cells);
  std::vector<float> values;
  for (std::int64_t first = 0; first < cells; first += rows) {
    const std::int64_t count = std::min(rows, cells - first);
    limit.require(builder.bytes());
    values.resize(static_cast<std::size_t>(count * genes));
    array.read(first, std::span<float>(values));
    const float* value = values.data();
    for (std::int64_t cell = first; cell < first + count; ++cell) {
      for (std::int64_t gene = 0; gene < genes; ++gene, ++value) {
        check(cell, gene, *value);
        builder.add(cell, gene, *value);
      }
    }
  }
}

}  // namespace dko
