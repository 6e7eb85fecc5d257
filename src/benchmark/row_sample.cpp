#include "row_sample.hpp"

#include <algorithm>

namespace dko {

std::vector<EventRange> sample_of_rows(std::int64_t n, std::int64_t most) {
  const std::int64_t all = PairIndex::row_start(n, n - 1);
  const std::int64_t step = panel_rows * std::max<std::int64_t>(1, (all + most - 1) / most);
  std::vector<EventRange> ranges;
  for (std::int64_t row = 0; row < n - 1; row += step) {
    const std::int64_t end = std::min(row + (step == panel_rows ? n : panel_rows), n - 1);
    ranges.push_back({PairIndex::row_start(n, row), PairIndex::row_start(n, end)});
    if (step == panel_rows) break;  // all of them at once
  }
  return ranges;
}

}  // namespace dko
