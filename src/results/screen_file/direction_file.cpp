#include "dko/results/screen_file/direction_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "dko/base/error.hpp"
#include "dko/mapping/q_values_file.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

constexpr auto from = "from";
constexpr auto toward = "toward";
constexpr auto toward_is_profile = "toward_is_profile";
constexpr auto length = "length";
constexpr auto from_mean = "from_mean";
constexpr auto toward_mean = "toward_mean";
constexpr auto from_cells = "from_cells";
constexpr auto toward_cells = "toward_cells";

std::vector<double> read_mean(const hdf5::Location& group, const char* name, std::int64_t genes) {
  const hdf5::Dataset array = group.dataset(name);
  const auto is_share = [](double share) { return share >= 0 && share <= 1; };
  if (array.shape() == hdf5::Shape{genes}) {
    array.require_intact();
    std::vector<double> mean = group.read<double>(name);
    if (std::all_of(mean.begin(), mean.end(), is_share)) return mean;
  }
  throw InputError(
      fmt::format("{}/{}: is no profile of {} genes: the file is corrupt", group.place(), name, genes));
}

std::vector<std::int32_t> read_cells(const hdf5::Location& group, const char* name, std::int64_t cells) {
  const hdf5::Dataset array = group.dataset(name);
  array.require_intact();
  std::vector<std::int32_t> numbers = group.read<std::int32_t>(name);
  const auto is_cell = [=](std::int32_t number) { return number >= 0 && number < cells; };
  const bool are_in_order =
      std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>()) == numbers.end();
  if (array.shape().size() == 1 && are_in_order && std::all_of(numbers.begin(), numbers.end(), is_cell))
    return numbers;
  throw InputError(
      fmt::format("{}/{}: has numbers of cells that are not there, or are not in order: the file is corrupt",
                  group.place(), name));
}

/// The direction from one mean to the other, of the length that the file states.
Direction read_means(const hdf5::Location& group, std::int64_t genes) {
  Direction direction(read_mean(group, from_mean, genes), read_mean(group, toward_mean, genes));
  constexpr double rounding = 1e-9;  // sums on other processors
  const double found = std::sqrt(direction.squared_length);
  const double stated = group.real_attribute(length);
  if (found > 0 && std::abs(found - stated) <= rounding * found) return direction;
  throw InputError(fmt::format("{}: {} and {} are {} apart, and its attribute {} is {}: the file is corrupt",
                               group.place(), from_mean, toward_mean, found, length, stated));
}

/// Cells on either end, or a profile in their place.
void require_ends(const hdf5::Location& group, const StoredDirection& stored) {
  if (!stored.from_cells.empty() && stored.toward_cells.empty() == stored.is_toward_profile) return;
  throw InputError(fmt::format("{}: {} and {} are not the cells of a direction{}: the file is corrupt",
                               group.place(), from_cells, toward_cells,
                               stored.is_toward_profile ? " toward a profile" : ""));
}

}  // namespace

double direction_file_bytes(const ScreenPlan& plan, std::int64_t genes, std::int64_t cells) {
  if (!plan.from_to) return 0;
  return 4096 + 24.0 * static_cast<double>(genes) + 8.0 * static_cast<double>(cells);
}

void write_direction(hdf5::Location& file, const ScreenPlan& plan) {
  if (!plan.direction) return;
  hdf5::Location group = file.create_group(layout::direction);
  group.set(from, plan.from_to->from);
  group.set(toward, plan.from_to->toward);
  group.set(toward_is_profile, std::int64_t{plan.from_to->is_toward_profile() ? 1 : 0});
  group.set(length, std::sqrt(plan.direction->squared_length));
  group.write<double>(from_mean, plan.direction->from);
  group.write<double>(toward_mean, plan.direction->toward);
  group.write<std::int32_t>(from_cells, plan.from_to->from_cells);
  group.write<std::int32_t>(toward_cells, plan.from_to->toward_cells);
  for (const char* name : {from_mean, toward_mean, from_cells, toward_cells})
    group.set_encoding(name, "array", "0.2.0");
  write_gene_q_values(group, plan.shift_q_values);
}

std::optional<StoredDirection> read_direction(const hdf5::Location& file, std::int64_t genes,
                                              std::int64_t cells) {
  if (!file.has(layout::direction)) return std::nullopt;
  const hdf5::Location group = file.group(layout::direction);
  StoredDirection stored{group.text_attribute(from),
                         group.text_attribute(toward),
                         group.integer_attribute(toward_is_profile) != 0,
                         read_cells(group, from_cells, cells),
                         read_cells(group, toward_cells, cells),
                         read_means(group, genes),
                         read_gene_q_values(group, genes)};
  require_ends(group, stored);
  return stored;
}

}  // namespace dko
