#include "folded_design.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace dko {

namespace {

constexpr std::size_t lanes = 16;
static_assert(BitColumns::block_rows % lanes == 0);

/// Σ x y of some columns y beside each other, in lanes that are added in a fixed order: the same bits
/// wherever the vectors lie. `count` is a multiple of the lanes.
template <std::size_t columns>
std::array<float, columns> dots(const float* x, const std::array<const float*, columns>& y,
                                std::size_t count) {
  std::array<std::array<float, lanes>, columns> sums{};
  for (std::size_t at = 0; at < count; at += lanes) {
    for (std::size_t column = 0; column < columns; ++column) {
      const float* of_column = y[column] + at;
      for (std::size_t lane = 0; lane < lanes; ++lane) sums[column][lane] += x[at + lane] * of_column[lane];
    }
  }
  std::array<float, columns> found;
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t half = lanes / 2; half > 0; half /= 2) {
      for (std::size_t lane = 0; lane < half; ++lane) sums[column][lane] += sums[column][lane + half];
    }
    found[column] = sums[column][0];
  }
  return found;
}

double dot(const float* x, const float* y, std::size_t count) {
  return static_cast<double>(dots<1>(x, {y}, count)[0]);
}

void add_values(std::span<const float> column, double by, std::int64_t first, std::span<double> values) {
  const float* x = column.data() + first;
  for (std::size_t at = 0; at < values.size(); ++at) values[at] += by * static_cast<double>(x[at]);
}

}  // namespace

FoldedDesign::FoldedDesign(FoldStarts starts, std::vector<float> covariates, std::vector<float> targets,
                           std::vector<float> weights, const BitColumns& bits, GramMemory& memory)
    : starts_(std::move(starts)),
      covariates_(std::ssize(covariates) / starts_.back()),
      fixed_(std::move(covariates)),
      targets_(std::move(targets)),
      weights_(std::move(weights)),
      is_weighted_(!std::equal(weights_.begin(), weights_.end(), fixed_.begin())),
      weighted_targets_(weighted(targets_)),
      source_(bits),
      memory_(memory) {
  bits_.reset(static_cast<std::size_t>(rows()), 0);
  if (is_weighted_) {
    of_weights_.resize(bits_.blocks());
    bit_sums().tabulate(weights_.data(), bits_.blocks(), of_weights_.data());
  }
  for (std::size_t k = 0; k < static_cast<std::size_t>(covariates_); ++k) {
    const std::vector<float> column = weighted(row(fixed_, k));
    weighted_fixed_.insert(weighted_fixed_.end(), column.begin(), column.end());
    for (std::size_t j = 0; j <= k; ++j) append_products(column, row(fixed_, j), of_covariates_);
    append_products(column, targets_, of_covariates_and_targets_);
  }
  append_products(weighted_targets_, targets_, of_targets_);
}

/// w x, row by row.
std::vector<float> FoldedDesign::weighted(std::span<const float> column) const {
  std::vector<float> product(column.begin(), column.end());
  for (std::size_t at = 0; at < product.size(); ++at) product[at] *= weights_[at];
  return product;
}

/// Σ w x y over each fold.
void FoldedDesign::append_products(std::span<const float> weighted, std::span<const float> other,
                                   std::vector<double>& to) const {
  for (std::size_t fold = 0; fold + 1 < starts_.size(); ++fold) {
    const auto first = static_cast<std::size_t>(starts_[fold]);
    const auto count = static_cast<std::size_t>(starts_[fold + 1]) - first;
    to.push_back(dot(weighted.data() + first, other.data() + first, count));
  }
}

void FoldedDesign::add_candidates(std::span<const NewCandidate> added) {
  const std::size_t first = penalties_.size();
  for (const NewCandidate& candidate : added) {
    const bool is_bits = candidate.values.empty();
    if (!is_bits) dense_at_.push_back(places_.size());
    places_.push_back(
        {is_bits, is_bits ? bits_.columns() : dense_.size() / static_cast<std::size_t>(rows())});
    if (is_bits) bits_.append(source_, candidate.column);
    dense_.insert(dense_.end(), candidate.values.begin(), candidate.values.end());
    penalties_.push_back(candidate.penalty);
    signs_.push_back(candidate.sign);
  }
  slots_.resize(penalties_.size(), no_slot);
  make_room(penalties_.size());
  note_products(first);
}

bool FoldedDesign::has_dense(std::size_t first) const {
  return !dense_at_.empty() && dense_at_.back() >= first;
}

/// Σ w x y of a column with the candidates from `first` on, over one fold.
/// `column` is that of bits_ which is x, or `no_column`; with one `weighted` is for dense ones alone.
void FoldedDesign::products_with(std::span<const float> weighted, std::size_t column, std::size_t first,
                                 std::size_t fold, std::span<float> found) const {
  const auto next = std::find_if(places_.begin() + static_cast<std::ptrdiff_t>(first), places_.end(),
                                 [](const Place& place) { return place.is_bits; });
  if (next != places_.end()) {
    const std::size_t tile = next->at / BitColumns::tile_columns;
    const std::size_t from = tile * BitColumns::tile_columns;
    const auto start = static_cast<std::size_t>(starts_[fold]);
    const std::size_t rows_of_fold = static_cast<std::size_t>(starts_[fold + 1]) - start;
    const std::size_t block = start / BitColumns::block_rows;
    std::vector<float>& of_bits = memory_.of_bits;
    of_bits.assign(bits_.padded_columns() - from, 0.0F);
    const std::size_t blocks = rows_of_fold / BitColumns::block_rows;
    if (column == no_column)
      bits_.add_sums(weighted.subspan(start, rows_of_fold), block, tile, of_bits);
    else if (is_weighted_)
      bits_.add_common_sums(column, std::span(of_weights_).subspan(block, blocks), block, tile, of_bits);
    else
      bits_.add_common(column, block, blocks, tile, of_bits);
    const auto between = static_cast<std::size_t>(next - places_.begin()) - first;
    if (!has_dense(first + between)) {
      std::copy_n(of_bits.data() + next->at - from, found.size() - between, found.data() + between);
    } else {
      for (std::size_t at = between; at < found.size(); ++at) {
        if (places_[first + at].is_bits) found[at] = of_bits[places_[first + at].at - from];
      }
    }
  }
  if (has_dense(first)) dense_products(weighted, first, fold, found);
}

void FoldedDesign::dense_products(std::span<const float> weighted, std::size_t first, std::size_t fold,
                                  std::span<float> found) const {
  constexpr std::size_t together = 4;
  const auto start = static_cast<std::size_t>(starts_[fold]);
  const std::size_t count = static_cast<std::size_t>(starts_[fold + 1]) - start;
  const auto column = [&](std::size_t candidate) {
    return row(dense_, places_[candidate].at).data() + start;
  };
  auto next = std::lower_bound(dense_at_.begin(), dense_at_.end(), first);
  for (; dense_at_.end() - next >= std::ptrdiff_t{together}; next += together) {
    const auto products = dots<together>(
        weighted.data() + start, {column(next[0]), column(next[1]), column(next[2]), column(next[3])}, count);
    for (std::size_t at = 0; at < together; ++at)
      found[next[static_cast<std::ptrdiff_t>(at)] - first] = products[at];
  }
  for (; next != dense_at_.end(); ++next)
    found[*next - first] = dots<1>(weighted.data() + start, {column(*next)}, count)[0];
}

/// Products of the candidates from `first` on with targets and covariates.
void FoldedDesign::note_products(std::size_t first) {
  const std::size_t count = places_.size() - first;
  const auto width = static_cast<std::size_t>(folds());
  const auto k = static_cast<std::size_t>(covariates_);
  with_targets_.resize(places_.size() * width);
  with_covariates_.resize(places_.size() * k * width);
  std::vector<float>& found = memory_.found;
  found.resize(count);
  const auto note = [&](std::span<const float> weighted, std::vector<double>& to, std::size_t columns,
                        std::size_t column) {
    for (std::size_t fold = 0; fold < width; ++fold) {
      products_with(weighted, no_column, first, fold, found);
      for (std::size_t at = 0; at < count; ++at)
        to[((first + at) * columns + column) * width + fold] = static_cast<double>(found[at]);
    }
  };
  note(weighted_targets_, with_targets_, 1, 0);
  for (std::size_t column = 0; column < k; ++column)
    note(row(weighted_fixed_, column), with_covariates_, k, column);
}

/// Wider rows keep what is in them.
void FoldedDesign::make_room(std::size_t candidates) {
  if (candidates <= memory_.room) return;
  const std::size_t room = std::max<std::size_t>(64, candidates + candidates / 2);
  const std::size_t rows = known_.size() * starts_.size();
  std::vector<float> wider(rows * room);
  for (std::size_t at = 0; at < rows; ++at)
    std::copy_n(memory_.products.data() + at * memory_.room, memory_.room, wider.data() + at * room);
  memory_.products = std::move(wider);
  memory_.room = room;
}

std::span<const float> FoldedDesign::products(std::int64_t candidate, std::int64_t fold) {
  const auto at = static_cast<std::size_t>(candidate);
  if (slots_[at] == no_slot || known_[slots_[at]] < places_.size()) find_row(at);
  return {row_of_products(slots_[at], static_cast<std::size_t>(fold)), places_.size()};
}

/// What is not known yet of the products of a candidate with all.
void FoldedDesign::find_row(std::size_t candidate) {
  std::size_t& slot = slots_[candidate];
  if (slot == no_slot) {
    slot = known_.size();
    known_.push_back(0);
    const std::size_t size = known_.size() * starts_.size() * memory_.room;
    if (memory_.products.capacity() < size) memory_.products.reserve(size + size / 2);
    if (memory_.products.size() < size) memory_.products.resize(size);
  }
  const std::size_t first = known_[slot];
  const std::size_t count = places_.size() - first;
  const Place& place = places_[candidate];
  std::vector<float>& column = memory_.column;
  column.resize(weights_.size());
  if (!place.is_bits)
    column = weighted(row(dense_, place.at));
  else if (has_dense(first))
    bits_.multiply(place.at, weights_, column);
  float* whole = row_of_products(slot, starts_.size() - 1) + first;
  std::fill_n(whole, count, 0.0F);
  for (std::size_t fold = 0; fold + 1 < starts_.size(); ++fold) {
    float* of_fold = row_of_products(slot, fold) + first;
    products_with(column, place.is_bits ? place.at : no_column, first, fold, {of_fold, count});
    for (std::size_t at = 0; at < count; ++at) whole[at] += of_fold[at];
  }
  known_[slot] = places_.size();
}

void FoldedDesign::add_covariate(std::int64_t k, double by, std::int64_t first,
                                 std::span<double> values) const {
  if (by != 0) add_values(row(fixed_, static_cast<std::size_t>(k)), by, first, values);
}

void FoldedDesign::add_candidate(std::int64_t candidate, double by, std::int64_t first,
                                 std::span<double> values) const {
  if (by == 0) return;
  const Place& place = places_[static_cast<std::size_t>(candidate)];
  if (place.is_bits)
    bits_.add_column(place.at, by, static_cast<std::size_t>(first), values);
  else
    add_values(row(dense_, place.at), by, first, values);
}

double FoldedDesign::sum(std::int64_t candidate) const {
  const Place& place = places_[static_cast<std::size_t>(candidate)];
  if (place.is_bits) return static_cast<double>(bits_.count(place.at));
  const std::span<const float> column = row(dense_, place.at);
  return std::accumulate(column.begin(), column.end(), 0.0);
}

}  // namespace dko
