#include "compressed_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr std::int64_t block_entries = std::int64_t{1} << 22;

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

}  // namespace

void read_compressed(const CompressedMatrix& matrix, const EntryCheck& check, const MemoryLimit& limit,
                     MatrixBuilder& builder) {
  const hdf5::Dataset data = matrix.group.dataset("data");
  const hdf5::Dataset indices = matrix.group.dataset("indices");
  require_numbers(data);
  require_numbers(indices);
  if (data.size() != indices.size()) {
    throw InputError(fmt::format("{}: data has {} entries and indices {}: the file is corrupt",
                                 matrix.group.place(), data.size(), indices.size()));
  }
  const std::int64_t runs = std::ssize(matrix.by_cell ? check.cells : check.genes);
  const std::int64_t bound = std::ssize(matrix.by_cell ? check.genes : check.cells);
  const std::vector<std::int64_t> starts = read_starts(matrix.group, runs, data.size());
  if (matrix.gene_places.empty()) {
    limit.require(MatrixBuilder::bytes_of_entries(starts.back()));
    builder.reserve(starts.back());
  }
  std::vector<std::int64_t> minor;
  std::vector<float> values;
  std::int64_t run = 0;
  for (std::int64_t first = 0; first < starts.back(); first += block_entries) {
    limit.require(builder.bytes());
    const auto count = static_cast<std::size_t>(std::min(block_entries, starts.back() - first));
    minor.resize(count);
    values.resize(count);
    indices.read(first, std::span<std::int64_t>(minor));
    data.read(first, std::span<float>(values));
    for (std::size_t at = 0; at < count; ++at) {
      const std::int64_t entry = first + static_cast<std::int64_t>(at);
      while (entry >= starts[static_cast<std::size_t>(run) + 1]) ++run;
      const std::int64_t other = minor[at];
      if (other < 0 || other >= bound) {
        throw InputError(fmt::format("{}: entry {} is {}, and there are {} {}: the file is corrupt",
                                     indices.place(), entry, other, bound,
                                     matrix.by_cell ? "genes" : "cells"));
      }
      const std::int64_t cell = matrix.by_cell ? run : other;
      const std::int64_t gene = matrix.by_cell ? other : run;
      check(cell, gene, values[at]);
      const std::int64_t place =
          matrix.gene_places.empty() ? gene : matrix.gene_places[static_cast<std::size_t>(gene)];
      if (place >= 0) builder.add(cell, place, values[at]);
    }
  }
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
  constexpr std::int64_t most_in_memory = std::int64_t{1} << 26;
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
