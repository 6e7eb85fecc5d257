#include "presence_product.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <numeric>

namespace dko {

namespace {

using Vector = Eigen::Map<const Eigen::VectorXd>;

Vector vector_of(const std::vector<double>& values) {
  return {values.data(), std::ssize(values)};
}

/// This rank's part of what weighs so much, about as heavy as any other's.
RankShare even_share(const std::vector<std::int64_t>& weights, const Communicator& communicator) {
  const std::int64_t total = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  const std::int64_t rank = communicator.rank(), ranks = communicator.size();
  RankShare share;
  std::int64_t before = 0;
  for (std::int64_t at = 0; at < std::ssize(weights); ++at) {
    if (before * ranks < total * rank) share.first = at + 1;
    if (before * ranks < total * (rank + 1)) share.last = at + 1;
    before += weights[static_cast<std::size_t>(at)];
  }
  return share;
}

}  // namespace

PresenceProduct::PresenceProduct(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                                 const Communicator& communicator)
    : matrix_(matrix), cells_(cells), communicator_(communicator) {
  const std::vector<std::int64_t> counts = matrix.cells_per_gene(cells);
  for (const std::int64_t count : counts)
    mean_.push_back(static_cast<double>(count) / static_cast<double>(cells.size()));
  std::vector<std::int64_t> expressed;
  for (const std::int64_t cell : cells) expressed.push_back(matrix.expressed_count(cell));
  own_cells_ = even_share(expressed, communicator);
  const RankShare own = even_share(counts, communicator);
  for (const std::int64_t cell : cells) {
    const std::span<const std::int32_t> genes = matrix.expressed(cell);
    const auto place = [&](std::int64_t gene) {
      return static_cast<std::int32_t>(std::lower_bound(genes.begin(), genes.end(), gene) - genes.begin());
    };
    own_genes_.push_back({place(own.first), place(own.last)});
  }
  v_.resize(mean_.size());
  sums_.resize(mean_.size());
  scores_.resize(cells.size());
}

bool PresenceProduct::varies() const {
  const Vector mean = vector_of(mean_);
  return (mean.array() * (1 - mean.array())).sum() > 1e-9;
}

void PresenceProduct::perform_op(const double* in, double* out) const {
  bool more = true;
  communicator_.broadcast(more);
  std::copy_n(in, v_.size(), v_.begin());
  multiply();
  const double total = std::accumulate(scores_.begin(), scores_.end(), 0.0);
  Eigen::Map<Eigen::VectorXd> product(out, rows());
  product = vector_of(sums_);
  product -= total * vector_of(mean_);
}

void PresenceProduct::finish() const {
  bool more = false;
  communicator_.broadcast(more);
}

void PresenceProduct::help() const {
  for (bool more = true; communicator_.broadcast(more), more;) multiply();
}

/// Scores and sums of rank 0's `v_`, on all ranks. Collective.
void PresenceProduct::multiply() const {
  communicator_.broadcast(std::span<double>(v_));
  const double of_mean = vector_of(mean_).dot(vector_of(v_));
  std::fill(scores_.begin(), scores_.end(), 0.0);
  for (std::int64_t at = own_cells_.first; at < own_cells_.last; ++at) {
    double score = -of_mean;
    for (const std::int32_t gene : matrix_.expressed(cells_[static_cast<std::size_t>(at)]))
      score += v_[static_cast<std::size_t>(gene)];
    scores_[static_cast<std::size_t>(at)] = score;
  }
  communicator_.sum(std::span<double>(scores_));
  std::fill(sums_.begin(), sums_.end(), 0.0);
  for (std::size_t at = 0; at < cells_.size(); ++at) {
    const std::int32_t* genes = matrix_.expressed(cells_[at]).data();
    for (std::int32_t place = own_genes_[at].first; place < own_genes_[at].last; ++place)
      sums_[static_cast<std::size_t>(genes[place])] += scores_[at];
  }
  communicator_.sum(std::span<double>(sums_));
}

}  // namespace dko
