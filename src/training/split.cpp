#include "dko/training/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/random.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// Moves a random `fraction` of `cells` to the result; both stay ascending.
std::vector<std::int64_t> take_fraction(std::vector<std::int64_t>& cells, double fraction,
                                        RandomStream stream) {
  const auto total = std::ssize(cells);
  const auto count = static_cast<std::int64_t>(std::llround(fraction * static_cast<double>(total)));
  std::vector<std::int64_t> taken;
  std::vector<std::int64_t> left;
  const std::vector<std::int64_t> chosen = stream.distinct(count, total);
  auto next = chosen.begin();
  for (std::int64_t at = 0; at < total; ++at) {
    const bool is_chosen = next != chosen.end() && *next == at;
    (is_chosen ? taken : left).push_back(cells[static_cast<std::size_t>(at)]);
    if (is_chosen) ++next;
  }
  cells = std::move(left);
  return taken;
}

}  // namespace

Split split_cells(const ExpressionMatrix& matrix, double validation_fraction, double held_out_fraction,
                  const std::optional<std::vector<std::int32_t>>& held_out, std::uint64_t seed) {
  Split split;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    if (matrix.expressed_count(cell) > 0) split.training.push_back(cell);
  }
  if (held_out) {
    split.held_out.assign(held_out->begin(), held_out->end());
    std::sort(split.held_out.begin(), split.held_out.end());
    std::erase_if(split.held_out, [&](std::int64_t cell) { return matrix.expressed_count(cell) == 0; });
    std::erase_if(split.training, [&](std::int64_t cell) {
      return std::binary_search(split.held_out.begin(), split.held_out.end(), cell);
    });
  } else {
    split.held_out = take_fraction(split.training, held_out_fraction, RandomStream(seed, "held-out cells"));
  }
  split.validation =
      take_fraction(split.training, validation_fraction, RandomStream(seed, "validation cells"));
  return split;
}

void require_enough_cells(const Split& split, std::int64_t batch, double validation_fraction) {
  if (std::ssize(split.training) < batch) {
    throw InputError(
        fmt::format("a batch takes {} and only {} left to train on; give more cells, or {} or less",
                    counted(batch, "distinct cell"),
                    std::ssize(split.training) == 1 ? "1 is" : fmt::format("{} are", split.training.size()),
                    parameter("batch", fmt::to_string(split.training.size()))));
  }
  if (validation_fraction > 0 && split.validation.empty()) {
    throw InputError(
        fmt::format("too few cells to validate with; give more cells, or {} to keep the last weights",
                    parameter("validation", "0")));
  }
}

void require_enough_cells_to_fit(std::int64_t cells) {
  constexpr std::int64_t least = 10;
  if (cells >= least) return;
  throw InputError(
      fmt::format("a sparse mapping is fitted to {} or more that express anything, and here {} left",
                  counted(least, "cell"), cells == 1 ? "1 is" : fmt::format("{} are", cells)));
}

}  // namespace dko
