#include "dko/mapping/share_variances.hpp"

#include <algorithm>

namespace dko {

namespace {

constexpr std::int64_t most_dense_cells = 2000;
constexpr std::int64_t cells_at_once = 64;

/// Sums over cells, by gene.
class Excess {
 public:
  explicit Excess(std::int64_t genes)
      : sums_(static_cast<std::size_t>(genes), 0.0), cells_(static_cast<std::size_t>(genes), 0) {}

  /// Adds a cell for which `fitted(at)` is predicted of the at-th gene it expresses.
  template <class Fitted>
  void add(const RelativeProfiles& profiles, std::int64_t cell, Fitted fitted) {
    const auto expressed = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      const double q = fitted(at);
      const double residual = static_cast<double>(shares[at]) - q;
      const auto gene = static_cast<std::size_t>(expressed[at]);
      sums_[gene] += residual * residual - q / profiles.total(cell);
      ++cells_[gene];
    }
  }

  std::vector<double> means() && {
    for (std::size_t gene = 0; gene < sums_.size(); ++gene)
      sums_[gene] = std::max(0.0, sums_[gene] / static_cast<double>(std::max<std::int64_t>(1, cells_[gene])));
    return std::move(sums_);
  }

 private:
  std::vector<double> sums_;
  std::vector<std::int64_t> cells_;
};

void add_cells(const FittedMapping& member, const RelativeProfiles& profiles,
               std::span<const std::int64_t> cells, Excess& excess) {
  for (const std::int64_t cell : cells) {
    const std::vector<double> q = member.mapping.profile(intact_cell(profiles, cell));
    excess.add(profiles, cell, [&](std::size_t at) { return q[at]; });
  }
}

std::vector<std::int64_t> spread_over(std::span<const std::int64_t> cells, std::int64_t most) {
  const std::int64_t count = std::min(most, std::ssize(cells));
  std::vector<std::int64_t> chosen;
  for (std::int64_t at = 0; at < count; ++at)
    chosen.push_back(cells[static_cast<std::size_t>(at * std::ssize(cells) / count)]);
  return chosen;
}

void add_cells(const TrainedMapping& member, const RelativeProfiles& profiles,
               std::span<const std::int64_t> cells, Excess& excess) {
  const std::vector<std::int64_t> chosen = spread_over(cells, most_dense_cells);
  const auto genes = static_cast<std::size_t>(profiles.genes());
  for (std::int64_t first = 0; first < std::ssize(chosen); first += cells_at_once) {
    const auto count = static_cast<std::size_t>(std::min(cells_at_once, std::ssize(chosen) - first));
    const auto some = std::span(chosen).subspan(static_cast<std::size_t>(first), count);
    const std::vector<float> q = predict_profiles(member, profiles, some);
    for (std::size_t row = 0; row < count; ++row) {
      const auto expressed = profiles.expressed(some[row]);
      excess.add(profiles, some[row], [&](std::size_t at) {
        return static_cast<double>(q[row * genes + static_cast<std::size_t>(expressed[at])]);
      });
    }
  }
}

}  // namespace

std::vector<double> share_variances(const Member& member, const RelativeProfiles& profiles,
                                    std::span<const std::int64_t> cells) {
  Excess excess(profiles.genes());
  std::visit([&](const auto& made) { add_cells(made, profiles, cells, excess); }, member);
  return std::move(excess).means();
}

}  // namespace dko
