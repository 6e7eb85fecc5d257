#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bit_columns.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// Presence as bits, cell by cell: whether a cell expresses a gene, at a glance. C·N/8 bytes a node. Copies
/// share them.
class PresenceBits {
 public:
  /// Collective over the ranks of each node.
  PresenceBits(const ExpressionMatrix& matrix, const NodeGroup& group);

  bool has(std::int64_t cell, std::int32_t gene) const {
    return (row(cell)[static_cast<std::size_t>(gene) / bits] >> (gene % bits) & 1U) != 0;
  }
  /// The genes as columns, filled up to whole words, over rows that are these cells; rows of `no_cell`, and
  /// those that fill up the last block, are zeros.
  void columns_of(std::span<const std::int64_t> rows, BitColumns& columns) const;
  static constexpr std::int64_t no_cell = -1;

  /// Bytes of all cells.
  static double bytes(double cells, double genes) { return cells * genes / 8; }

 private:
  friend class PresenceBuffer;
  PresenceBits(std::size_t words, NodeArray<std::uint32_t> words_of_cells)
      : words_(words), words_of_cells_(std::move(words_of_cells)) {}

  static constexpr std::size_t bits = 32;
  const std::uint32_t* row(std::int64_t cell) const {
    return words_of_cells_.view().data() + static_cast<std::size_t>(cell) * words_;
  }

  std::size_t words_;
  NodeArray<std::uint32_t> words_of_cells_;
};

/// Presence that the ranks of a node find together, each that of its part of the genes.
class PresenceBuffer {
 public:
  /// Cells that express nothing yet. Collective over the ranks of each node.
  PresenceBuffer(const NodeGroup& group, std::int64_t cells, std::int64_t genes);

  /// The genes that are this rank's to set.
  RankShare own_genes() const { return own_; }
  void set(std::int64_t cell, std::int32_t gene) {
    words_of_cells_.values()[static_cast<std::size_t>(cell) * words_ +
                             static_cast<std::size_t>(gene) / PresenceBits::bits] |=
        std::uint32_t{1} << (static_cast<std::uint32_t>(gene) % PresenceBits::bits);
  }
  /// What all ranks of the node set. Collective likewise.
  PresenceBits publish() &&;

 private:
  std::size_t words_;  // of a cell
  RankShare own_;
  NodeBuffer<std::uint32_t> words_of_cells_;
};

/// Those of the genes that a cell expresses, ascending, which are among `wanted`.
std::span<const std::int32_t> within(std::span<const std::int32_t> expressed, const RankShare& wanted);

/// The cells that express a gene, and its share in each.
struct GeneCells {
  std::vector<std::int64_t> cells;
  std::vector<float> shares;
};

/// Cells of each of `genes`, among `cells` and in their order, at 12 bytes each.
std::vector<GeneCells> cells_of_genes(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                                      std::span<const std::int32_t> genes);

}  // namespace dko
