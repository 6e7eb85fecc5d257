#include "presence.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dko {

namespace {

constexpr std::size_t block_rows = BitColumns::block_rows;
constexpr std::size_t tile_columns = BitColumns::tile_columns;
constexpr std::size_t words_together = 8;
/// Squares of 32 × 32 bits beside each other: a row has a word of each.
using WordBlocks = std::array<std::array<std::uint32_t, words_together>, block_rows>;

/// Bit j of row i becomes bit i of row j, in each square (Warren, Hacker's Delight, 7-3): by halves that are
/// swapped across the diagonal, each of which is then treated likewise.
void transpose(WordBlocks& square) {
  std::uint32_t mask = 0x0000FFFF;
  for (std::uint32_t half = block_rows / 2; half > 0; half /= 2, mask ^= mask << half) {
    for (std::size_t row = 0; row < block_rows; row = (row + half + 1) & ~std::size_t{half}) {
      for (std::size_t word = 0; word < words_together; ++word) {
        const std::uint32_t swapped = ((square[row][word] >> half) ^ square[row + half][word]) & mask;
        square[row][word] ^= swapped << half;
        square[row + half][word] ^= swapped;
      }
    }
  }
}

}  // namespace

PresenceBits::PresenceBits(const ExpressionMatrix& matrix, const NodeGroup& group)
    : PresenceBits([&] {
        PresenceBuffer buffer(group, matrix.cells(), matrix.genes());
        for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
          for (const std::int32_t gene : within(matrix.expressed(cell), buffer.own_genes()))
            buffer.set(cell, gene);
        }
        return std::move(buffer).publish();
      }()) {}

PresenceBuffer::PresenceBuffer(const NodeGroup& group, std::int64_t cells, std::int64_t genes)
    : words_((static_cast<std::size_t>(genes) + PresenceBits::bits - 1) / PresenceBits::bits),
      words_of_cells_(group, static_cast<std::int64_t>(words_) * cells) {
  constexpr auto bits = static_cast<std::int64_t>(PresenceBits::bits);
  const RankShare words = group.node.share_of(static_cast<std::int64_t>(words_));
  own_ = {words.first * bits, std::min(genes, words.last * bits)};
  for (std::size_t cell = 0; cell < static_cast<std::size_t>(cells); ++cell) {
    std::fill_n(words_of_cells_.values().data() + cell * words_ + static_cast<std::size_t>(words.first),
                words.last - words.first, 0);
  }
}

PresenceBits PresenceBuffer::publish() && {
  return {words_, std::move(words_of_cells_).publish()};
}

std::span<const std::int32_t> within(std::span<const std::int32_t> expressed, const RankShare& wanted) {
  const auto place = [&](std::int64_t gene) {
    return std::lower_bound(expressed.begin(), expressed.end(), gene) - expressed.begin();
  };
  const auto first = static_cast<std::size_t>(place(wanted.first));
  return expressed.subspan(first, static_cast<std::size_t>(place(wanted.last)) - first);
}

void PresenceBits::columns_of(std::span<const std::int64_t> rows, BitColumns& columns) const {
  columns.resize((rows.size() + block_rows - 1) / block_rows * block_rows, words_ * bits);
  for (std::size_t block = 0; block < columns.blocks(); ++block) {
    const std::size_t first = block * block_rows;
    const auto cells = rows.subspan(first, std::min(block_rows, rows.size() - first));
    for (std::size_t from = 0; from < words_; from += words_together) {
      const std::size_t words = std::min(words_together, words_ - from);
      WordBlocks square{};
      for (std::size_t at = 0; at < cells.size(); ++at) {
        if (cells[at] != no_cell) std::copy_n(row(cells[at]) + from, words, square[at].begin());
      }
      transpose(square);
      for (std::size_t word = 0; word < words; ++word) {
        for (std::size_t tile = 0; tile < bits / tile_columns; ++tile) {
          const auto to = columns.words_of(block, (from + word) * bits / tile_columns + tile);
          for (std::size_t at = 0; at < tile_columns; ++at) to[at] = square[tile * tile_columns + at][word];
        }
      }
    }
  }
}

std::vector<GeneCells> cells_of_genes(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                                      std::span<const std::int32_t> genes) {
  constexpr std::int64_t unwanted = -1;
  std::vector<std::int64_t> place(static_cast<std::size_t>(profiles.genes()), unwanted);
  for (std::size_t at = 0; at < genes.size(); ++at)
    place[static_cast<std::size_t>(genes[at])] = static_cast<std::int64_t>(at);
  const std::vector<std::int64_t> counts = profiles.cells_per_gene(cells);
  std::vector<GeneCells> of_genes(genes.size());
  for (std::size_t at = 0; at < genes.size(); ++at) {
    const auto count = static_cast<std::size_t>(counts[static_cast<std::size_t>(genes[at])]);
    of_genes[at].cells.reserve(count);
    of_genes[at].shares.reserve(count);
  }
  for (const std::int64_t cell : cells) {
    const auto expressed = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      const std::int64_t to = place[static_cast<std::size_t>(expressed[at])];
      if (to == unwanted) continue;
      of_genes[static_cast<std::size_t>(to)].cells.push_back(cell);
      of_genes[static_cast<std::size_t>(to)].shares.push_back(shares[at]);
    }
  }
  return of_genes;
}

}  // namespace dko
