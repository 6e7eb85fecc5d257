#include "packed_product.hpp"

#include <algorithm>
#include <iterator>

#include "dko/base/aligned_array.hpp"
#include "sum_order.hpp"

namespace dko {

namespace {

/// Columns of W1 are packed once for all rows of W2 below them; rows of W2 anew for every tile, which wide
/// tiles let count less. Multiples of every version's panels.
constexpr std::int64_t tile_columns = 1024;
constexpr std::int64_t tile_rows = 240;
constexpr std::int64_t widest_panel = 24;

constexpr std::int64_t panels_of(std::int64_t genes, std::int64_t width) {
  return (genes + width - 1) / width;
}

/// The memory of a rank while it multiplies.
class Workspace {
 public:
  Workspace(const MappingWeights& weights, const ProductFunctions& functions)
      : weights_(weights),
        functions_(functions),
        units_(units_of_block(weights.shape.hidden)),
        nothing_(static_cast<std::size_t>(units_), 0.0F) {}

  /// All units of these columns, block after block.
  void take_columns(std::span<const std::int32_t> columns) {
    if (columns.data() == columns_.data() && columns.size() == columns_.size()) return;
    columns_ = columns;
    column_panels_ = panels_of(std::ssize(columns), functions_.column_width);
    packed_columns_.resize(column_panels_ * functions_.column_width * weights_.shape.hidden);
    for_each_block([&](RankShare block) {
      pack(weights_.w1(), columns, functions_.column_width, block, columns_of(block));
    });
  }

  /// The products of these rows with the columns that were taken.
  void multiply(std::span<const std::int32_t> rows, std::int64_t ways) {
    const std::int64_t row_panels = panels_of(std::ssize(rows), functions_.row_width);
    packed_rows_.resize(row_panels * functions_.row_width * units_);
    sums_.assign(row_panels * functions_.row_width * column_panels_ * functions_.column_width, 0);
    for_each_block([&](RankShare block) {
      pack(weights_.w2(), rows, functions_.row_width, block, packed_rows_.data());
      functions_.add({.rows = packed_rows_.data(),
                      .row_panels = row_panels,
                      .columns = columns_of(block),
                      .column_panels = column_panels_,
                      .units = block.last - block.first,
                      .sums = sums_.data(),
                      .ways = ways});
    });
  }

  /// Puts them where they belong in A.
  void store(std::span<const std::int32_t> rows, std::span<double> a) const {
    const std::int64_t height = functions_.row_width;
    const std::int64_t width = functions_.column_width;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      double* const to = a.data() + columns_[column] * weights_.shape.genes;
      const auto panel = static_cast<std::int64_t>(column) / width;
      const auto place = static_cast<std::int64_t>(column) % width;
      for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto row_panel = static_cast<std::int64_t>(row) / height;
        const auto lane = static_cast<std::int64_t>(row) % height;
        to[rows[row]] = sums_[((row_panel * column_panels_ + panel) * width + place) * height + lane];
      }
    }
  }

 private:
  template <class Visit>
  void for_each_block(Visit visit) const {
    const std::int64_t hidden = weights_.shape.hidden;
    for (std::int64_t first = 0; first < hidden; first += units_)
      visit(RankShare{first, std::min(first + units_, hidden)});
  }
  /// Hidden units of a block of the weights of some genes in panels; genes that fill up the last one are 0.
  void pack(std::span<const float> weights, std::span<const std::int32_t> genes, std::int64_t width,
            RankShare block, double* to) const {
    const std::int64_t units = block.last - block.first;
    std::array<const float*, widest_panel> from{};
    for (std::int64_t first = 0; first < std::ssize(genes); first += width) {
      for (std::int64_t lane = 0; lane < width; ++lane) {
        const auto place = static_cast<std::size_t>(first + lane);
        from[static_cast<std::size_t>(lane)] =
            place < genes.size() ? weights.data() + genes[place] * weights_.shape.hidden + block.first
                                 : nothing_.data();
      }
      functions_.pack(from.data(), width, units, to + first * units);
    }
  }
  double* columns_of(RankShare block) {
    return packed_columns_.data() + block.first * column_panels_ * functions_.column_width;
  }

  const MappingWeights& weights_;
  const ProductFunctions& functions_;
  std::int64_t units_;
  std::vector<float> nothing_;
  std::span<const std::int32_t> columns_;
  std::int64_t column_panels_ = 0;
  AlignedValues<double> packed_columns_;
  AlignedValues<double> packed_rows_;
  AlignedValues<double> sums_;
};

/// Parts of `genes` of up to `most` each.
template <class Visit>
void for_each_part(std::span<const std::int32_t> genes, std::int64_t most, Visit visit) {
  for (std::size_t first = 0; first < genes.size(); first += static_cast<std::size_t>(most))
    visit(genes.subspan(first, std::min(static_cast<std::size_t>(most), genes.size() - first)));
}

}  // namespace

PackedProduct::PackedProduct(const MappingShape& shape, std::span<const std::int32_t> genes,
                             const ProductFunctions& functions)
    : functions_(functions), columns_(genes.begin(), genes.end()) {
  for (const std::int32_t gene : genes)
    rows_[static_cast<std::size_t>(turns_of_row(gene, shape.genes)) / 2].push_back(gene);
  const auto tail = std::lower_bound(columns_.begin(), columns_.end(), first_tail_column(shape.genes));
  add_tiles({columns_.begin(), tail}, false);
  add_tiles({tail, columns_.end()}, true);
}

void PackedProduct::add_tiles(std::span<const std::int32_t> columns, bool is_tail) {
  for_each_part(columns, tile_columns, [&](std::span<const std::int32_t> of_tile) {
    for (std::size_t turns = 0; turns < rows_.size(); ++turns) {
      const std::int64_t ways = is_tail ? 1 : std::int64_t{1} << turns;
      for_each_part(rows_[turns], tile_rows, [&](std::span<const std::int32_t> rows) {
        tiles_.push_back({rows, of_tile, ways});
      });
    }
  });
}

RankShare PackedProduct::share(int rank, int ranks) const {
  constexpr std::int64_t packing = 8;  // of a row, in columns
  std::vector<std::int64_t> before{0};
  for (const Tile& tile : tiles_)
    before.push_back(before.back() + std::ssize(tile.rows) * (std::ssize(tile.columns) + packing));
  // The end of a tile that is nearest.
  const auto at = [&](std::int64_t part) {
    const std::int64_t wanted = before.back() * part / ranks;
    const auto after = std::ranges::lower_bound(before, wanted);
    const bool is_past = after != before.begin() && wanted - *std::prev(after) < *after - wanted;
    return after - before.begin() - (is_past ? 1 : 0);
  };
  return {at(rank), at(rank + 1)};
}

void PackedProduct::multiply(const MappingWeights& weights, RankShare tiles, std::span<double> a,
                             const ProgressCallback& progress) const {
  Workspace workspace(weights, functions_);
  for (std::int64_t at = tiles.first; at < tiles.last; ++at) {
    const Tile& tile = tiles_[static_cast<std::size_t>(at)];
    workspace.take_columns(tile.columns);
    workspace.multiply(tile.rows, tile.ways);
    workspace.store(tile.rows, a);
    if (progress) progress(at + 1 - tiles.first, tiles.last - tiles.first);
  }
}

double packed_product_bytes(const MappingShape& shape) {
  const auto columns = static_cast<double>(std::min(tile_columns, shape.genes + widest_panel));
  const auto rows = static_cast<double>(std::min(tile_rows, shape.genes + widest_panel));
  const auto hidden = static_cast<double>(shape.hidden);
  const auto units = static_cast<double>(units_of_block(shape.hidden));
  return sizeof(double) * (columns * hidden + rows * units + rows * columns);
}

}  // namespace dko
