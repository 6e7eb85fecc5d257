#include "made_up_mapping.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "dko/base/random.hpp"

namespace dko::app {

namespace {

/// Log-normal, two thirds within a factor of e of their median.
std::vector<double> draw_outputs(std::int64_t genes, RandomStream& stream) {
  std::vector<double> outputs;
  for (std::int64_t gene = 0; gene < genes; ++gene) outputs.push_back(std::exp(stream.normal()));
  return outputs;
}

}  // namespace

CollapsedMapping make_dense_mapping(std::int64_t genes, double effect, std::uint64_t seed) {
  RandomStream stream(seed, "made-up dense mapping");
  std::vector<double> outputs = draw_outputs(genes, stream);
  // Drawn from a table: normal numbers by the hundred million take longer than the bench.
  std::vector<double> effects;
  const double size = effect * std::sqrt(static_cast<double>(genes));
  for (int draw = 0; draw < 65536; ++draw) effects.push_back(size * stream.normal());
  std::vector<double> a;
  a.reserve(static_cast<std::size_t>(genes * genes));
  for (std::int64_t column = 0; column < genes; ++column) {
    std::size_t at = static_cast<std::size_t>(stream.below(std::ssize(effects)));
    for (const double output : outputs) a.push_back(output * effects[at++ % effects.size()]);
  }
  return {genes, NodeArray(std::move(a)), NodeArray(std::move(outputs))};
}

CollapsedMapping make_sparse_mapping(std::int64_t genes, std::int64_t nonzeros, std::uint64_t seed) {
  constexpr double effect = 0.1;
  RandomStream stream(seed, "made-up sparse mapping");
  SparseMappingParts parts;
  parts.offset = draw_outputs(genes, stream);
  for (const double output : parts.offset) parts.floor.push_back(output / 100);
  parts.starts.push_back(0);
  for (std::int64_t column = 0; column < genes; ++column) {
    // Of the others: numbers from the column's own on are one too low.
    for (std::int64_t row : stream.distinct(std::min(nonzeros, genes - 1), genes - 1)) {
      row += row >= column ? 1 : 0;
      parts.rows.push_back(static_cast<std::int32_t>(row));
      parts.effects.push_back(effect * parts.offset[static_cast<std::size_t>(row)] * stream.normal());
    }
    parts.starts.push_back(std::ssize(parts.rows));
  }
  return CollapsedMapping(SparseMapping(std::move(parts)));
}

}  // namespace dko::app
