#include "presence.hpp"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include <algorithm>
#include <cstring>
#include <utility>

namespace dko {

namespace {

constexpr std::size_t block_rows = BitColumns::block_rows;
constexpr std::size_t tile_columns = BitColumns::tile_columns;
constexpr std::size_t words_together = 8;
constexpr std::size_t columns_together = 8;
/// Squares of 32 × 32 bits beside each other: a row has a word of each.
struct WordBlocks {
  // A vector of GCC's and clang's: of an array loops over the words are not taken together.
  using Row [[gnu::vector_size(sizeof(std::uint32_t) * words_together)]] = std::uint32_t;
  Row rows[block_rows];
};

/// Swaps halves of squares of 2 · `half` bits across the diagonal.
template <std::uint32_t half>
void swap_halves(WordBlocks& square) {
  constexpr std::uint32_t mask = ~std::uint32_t{0} / ((std::uint32_t{1} << half) + 1);
  for (std::size_t first = 0; first < block_rows; first += 2 * half) {
    for (std::size_t row = first; row < first + half; ++row) {
      const WordBlocks::Row swapped = ((square.rows[row] >> half) ^ square.rows[row + half]) & mask;
      square.rows[row] ^= swapped << half;
      square.rows[row + half] ^= swapped;
    }
  }
}

/// Bit j of row i becomes bit i of row j, in each square (Warren, Hacker's Delight, 7-3): by halves that are
/// swapped across the diagonal, each of which is then treated likewise.
void transpose(WordBlocks& square) {
  swap_halves<16>(square);
  swap_halves<8>(square);
  swap_halves<4>(square);
  swap_halves<2>(square);
  swap_halves<1>(square);
}

/// Words of eight columns, by rows of the squares from `rows` on, become for each square those of its columns
/// beside each other: one square's `stride` words after the other's.
void turn_columns(const WordBlocks::Row* rows, std::size_t words, std::uint32_t* to, std::size_t stride) {
#ifdef __AVX2__
  __m256i of_row[columns_together];
  for (std::size_t at = 0; at < columns_together; ++at) of_row[at] = reinterpret_cast<__m256i>(rows[at]);
  __m256i pairs[columns_together];
  for (std::size_t at = 0; at < columns_together; at += 2) {
    pairs[at] = _mm256_unpacklo_epi32(of_row[at], of_row[at + 1]);
    pairs[at + 1] = _mm256_unpackhi_epi32(of_row[at], of_row[at + 1]);
  }
  __m256i fours[columns_together];
  for (std::size_t at = 0; at < columns_together; at += 4) {
    for (std::size_t high = 0; high < 2; ++high) {
      fours[at + 2 * high] = _mm256_unpacklo_epi64(pairs[at + high], pairs[at + 2 + high]);
      fours[at + 2 * high + 1] = _mm256_unpackhi_epi64(pairs[at + high], pairs[at + 2 + high]);
    }
  }
  for (std::size_t word = 0; word < words; ++word) {
    const std::size_t at = word % 4;
    const __m256i whole = word < 4 ? _mm256_permute2x128_si256(fours[at], fours[at + 4], 0x20)
                                   : _mm256_permute2x128_si256(fours[at], fours[at + 4], 0x31);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + word * stride), whole);
  }
#else
  for (std::size_t word = 0; word < words; ++word) {
    for (std::size_t at = 0; at < columns_together; ++at) to[word * stride + at] = rows[at][word];
  }
#endif
}
static_assert(columns_together == words_together && tile_columns % columns_together == 0);

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
  constexpr std::size_t tiles_of_word = bits / tile_columns;
  columns.resize((rows.size() + block_rows - 1) / block_rows * block_rows, words_ * bits);
  for (std::size_t block = 0; block < columns.blocks(); ++block) {
    const std::size_t first = block * block_rows;
    const auto cells = rows.subspan(first, std::min(block_rows, rows.size() - first));
    for (std::size_t from = 0; from < words_; from += words_together) {
      const std::size_t words = std::min(words_together, words_ - from);
      WordBlocks square;
      for (std::size_t at = 0; at < block_rows; ++at) {
        const bool is_cell = at < cells.size() && cells[at] != no_cell;
        if (is_cell && words == words_together) {  // of a size that needs no call
          std::memcpy(&square.rows[at], row(cells[at]) + from, sizeof(WordBlocks::Row));
          continue;
        }
        square.rows[at] = WordBlocks::Row{};
        if (is_cell) std::memcpy(&square.rows[at], row(cells[at]) + from, words * sizeof(std::uint32_t));
      }
      transpose(square);
      for (std::size_t column = 0; column < bits; column += columns_together) {
        const std::size_t tile = from * tiles_of_word + column / tile_columns;
        turn_columns(square.rows + column, words,
                     columns.words_of(block, tile).data() + column % tile_columns,
                     tiles_of_word * columns.blocks() * tile_columns);
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
