#include "dko/simulation/synthetic_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "dko/base/random.hpp"
#include "dko/system/available_memory.hpp"

namespace dko {

namespace {

// Parameters of the log-normal distribution of expressed genes.
constexpr double median_expressed = 2121;
constexpr double spread_of_log = 0.3466;

Names numbered(const char* what, std::int64_t count) {
  Names names;
  for (std::int64_t at = 0; at < count; ++at) names.push_back(fmt::format("{}{}", what, at));
  return names;
}

}  // namespace

std::vector<std::int64_t> draw_expressed_counts(std::int64_t cells, std::int64_t genes, std::uint64_t seed) {
  RandomStream stream(seed, "expressed genes of cells");
  std::vector<std::int64_t> counts;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    const double drawn = median_expressed * std::exp(spread_of_log * stream.normal());
    counts.push_back(std::clamp<std::int64_t>(std::llround(drawn), 3, genes));
  }
  return counts;
}

ExpressionMatrix synthetic_cells(std::int64_t cells, std::int64_t genes, std::uint64_t seed) {
  std::vector<std::int64_t> starts{0};
  for (const std::int64_t count : draw_expressed_counts(cells, genes, seed))
    starts.push_back(starts.back() + count);
  constexpr double bytes_of_entry = 12;  // its gene and value here, and its gene among the targets of a plan
  require_memory(bytes_of_entry * static_cast<double>(starts.back()), "making up the cells");
  std::vector<std::int32_t> expressed(static_cast<std::size_t>(starts.back()));
  RandomStream stream(seed, "first expressed genes of cells");
  for (std::size_t cell = 0; cell + 1 < starts.size(); ++cell) {
    const auto row = std::span(expressed).subspan(static_cast<std::size_t>(starts[cell]),
                                                  static_cast<std::size_t>(starts[cell + 1] - starts[cell]));
    const auto n = std::ssize(row);
    const auto first = static_cast<std::int64_t>(stream() % static_cast<std::uint64_t>(genes));
    // Ascending: those that wrapped around come before.
    const std::int64_t wrapped = std::max<std::int64_t>(0, first + n - genes);
    std::iota(row.begin(), row.begin() + wrapped, 0);
    std::iota(row.begin() + wrapped, row.end(), static_cast<std::int32_t>(first));
  }
  std::vector<float> values(expressed.size(), 1.0F);
  return {numbered("gene", genes), numbered("cell", cells), NodeArray(std::move(starts)),
          NodeArray(std::move(expressed)), NodeArray(std::move(values))};
}

}  // namespace dko
