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

/// This rank's units of its block `turn`, if it has so many: none otherwise.
RankShare units_of_turn(const HiddenUnits& units, std::int64_t turn) {
  if (turn >= units.blocks()) return {};
  const RankShare of_block = units.units_of(turn);
  return {units.units().first + of_block.first, units.units().first + of_block.last};
}

/// What the ranks sent, one after the other, to its place in each row.
void place(std::span<const float> values, const std::vector<std::int64_t>& ranges, std::int64_t rows,
           std::int64_t hidden, std::span<float> to) {
  const float* from = values.data();
  for (std::size_t rank = 0; rank < ranges.size() / 2; ++rank) {
    const std::int64_t first = ranges[2 * rank];
    const std::int64_t count = ranges[2 * rank + 1] - first;
    for (std::int64_t row = 0; row < rows; ++row, from += count)
      std::copy_n(from, count, to.data() + row * hidden + first);
  }
}

}  // namespace

Mapping collect(MappingShape shape, const HiddenUnits& units, HiddenUnits::Set set, std::span<const float> b2,
                const Communicator& owners) {
  using Part = HiddenUnits::Part;
  Mapping mapping;
  if (owners.is_root()) {
    mapping = Mapping(shape);
    std::copy(b2.begin(), b2.end(), mapping.parameters().last(b2.size()).begin());
  }
  const std::int64_t turns = owners.max(units.blocks());
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    const RankShare own = units_of_turn(units, turn);
    const std::vector<std::int64_t> range{own.first, own.last};
    const auto ranges = owners.gather(std::span<const std::int64_t>(range));
    for (const Part part : {Part::w1, Part::w2, Part::b1}) {
      std::vector<float> values(static_cast<std::size_t>(units.rows(part) * (own.last - own.first)));
      if (!values.empty()) units.read(turn, set, part, values);
      const auto all = owners.gather(std::span<const float>(values));
      if (owners.is_root()) place(all, ranges, units.rows(part), shape.hidden, part_of(mapping, part));
    }
  }
  return mapping;
}

}  // namespace dko
