#include <fmt/format.h>

#include <array>
#include <functional>
#include <numeric>

#include "dko/base/error.hpp"
#include "dko/hdf5/location.hpp"
#include "native.hpp"

namespace dko::hdf5 {

namespace {

constexpr int most_dimensions = 2;

}  // namespace

Shape Dataset::shape() const {
  const Handle space(check_input(H5Dget_space(handle_.id()), place_), H5Sclose);
  const int rank = static_cast<int>(check_input(H5Sget_simple_extent_ndims(space.id()), place_));
  std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
  check_input(H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr), place_);
  return {extent.begin(), extent.end()};
}

std::int64_t Dataset::size() const {
  const Shape extent = shape();
  return std::accumulate(extent.begin(), extent.end(), std::int64_t{1}, std::multiplies<>());
}

bool Dataset::is_stored_as(Type type) const {
  const Handle stored(check_input(H5Dget_type(handle_.id()), place_), H5Tclose);
  return check_input(H5Tequal(stored.id(), memory_type(type)), place_) > 0;
}

/// The file space with the hyperslab selected; `memory` becomes the matching memory space.
Handle Dataset::select(std::int64_t first, std::int64_t count, Handle& memory) const {
  const Shape extent = shape();
  if (extent.empty() || extent.size() > most_dimensions) {
    throw InputError(fmt::format("{}: has {} dimensions, expected 1 or 2", place_, extent.size()));
  }
  const std::int64_t row = extent.size() == 2 ? extent[1] : 1;
  const std::int64_t rows = row > 0 ? count / row : 0;
  if (rows * row != count || first < 0 || first + rows > extent[0]) {
    throw InputError(fmt::format("{}: {} elements from {} on are not in it", place_, count, first));
  }
  const std::array<hsize_t, most_dimensions> start{static_cast<hsize_t>(first), 0};
  const std::array<hsize_t, most_dimensions> slab{static_cast<hsize_t>(rows), static_cast<hsize_t>(row)};
  Handle space(check_input(H5Dget_space(handle_.id()), place_), H5Sclose);
  memory = Handle(check(H5Screate_simple(static_cast<int>(extent.size()), slab.data(), nullptr), place_),
                  H5Sclose);
  check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, slab.data(), nullptr), place_);
  return space;
}

void Dataset::transfer_out(std::int64_t first, const void* values, std::int64_t count, Type type) {
  if (count == 0) return;
  Handle memory;
  const Handle space = select(first, count, memory);
  check(H5Dwrite(handle_.id(), memory_type(type), memory.id(), space.id(), H5P_DEFAULT, values),
        fmt::format("{}: writing failed: is the disk or the quota full?", place_));
}

void Dataset::transfer_in(std::int64_t first, void* values, std::int64_t count, Type type) const {
  if (count == 0) return;
  Handle memory;
  const Handle space = select(first, count, memory);
  check_input(H5Dread(handle_.id(), memory_type(type), memory.id(), space.id(), H5P_DEFAULT, values),
              fmt::format("{}: cannot be read", place_));
}

}  // namespace dko::hdf5
