#include "collect.hpp"

#include <algorithm>
#include <vector>

namespace dko {

namespace {

/// Where rows of the mapping's part begin, and how many there are.
std::span<float> part_of(Mapping& mapping, HiddenUnits::Part part) {
  const auto weights = static_cast<std::size_t>(mapping.shape().genes * mapping.shape().hidden);
  const auto hidden = static_cast<std::size_t>(mapping.shape().hidden);
  if (part == HiddenUnits::Part::w1) return mapping.w1();
  if (part == HiddenUnits::Part::w2) return mapping.w2();
  return mapping.parameters().subspan(weights, hidden);
}

/// A block of the sender's, row after row one value per unit, to its place in each row of the mapping.
void place(std::span<const float> values, RankShare units, std::int64_t rows, std::int64_t hidden,
           std::span<float> to) {
  const std::int64_t count = units.last - units.first;
  for (std::int64_t row = 0; row < rows; ++row)
    std::copy_n(values.data() + row * count, count, to.data() + row * hidden + units.first);
}

/// One block of rank `from`, to rank 0. Collective.
void collect_block(std::int64_t block, int from, const HiddenUnits& units, HiddenUnits::Set set,
                   const Communicator& owners, Mapping& mapping) {
  using Part = HiddenUnits::Part;
  std::vector<std::int64_t> range;
  RankShare of_block;
  if (owners.rank() == from) {
    of_block = units.units_of(block);
    range = {units.units().first + of_block.first, units.units().first + of_block.last};
  }
  const auto root_range = owners.to_root(std::span<const std::int64_t>(range), from);
  for (const Part part : {Part::w1, Part::w2, Part::b1}) {
    std::vector<float> values;
    if (owners.rank() == from) {
      values.resize(static_cast<std::size_t>(units.rows(part) * (of_block.last - of_block.first)));
      units.read(block, set, part, values);
    }
    const auto received = owners.to_root(std::span<const float>(values), from);
    if (received.is_here())
      place(*received, {(*root_range)[0], (*root_range)[1]}, units.rows(part), mapping.shape().hidden,
            part_of(mapping, part));
  }
}

}  // namespace

Mapping collect(MappingShape shape, const HiddenUnits& units, HiddenUnits::Set set, std::span<const float> b2,
                const Communicator& owners) {
  Mapping mapping;
  if (owners.is_root()) {
    mapping = Mapping(shape);
    std::copy(b2.begin(), b2.end(), mapping.parameters().last(b2.size()).begin());
  }
  for (int from = 0; from < owners.size(); ++from) {
    std::int64_t blocks = units.blocks();
    owners.broadcast(blocks, from);
    for (std::int64_t block = 0; block < blocks; ++block)
      collect_block(block, from, units, set, owners, mapping);
  }
  return mapping;
}

}  // namespace dko
