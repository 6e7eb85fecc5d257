#include "dko/mapping/mapping.hpp"

#include <cmath>

#include "dko/base/checksum.hpp"
#include "dko/base/random.hpp"

namespace dko {

namespace {

void fill_uniform(std::span<float> values, std::int64_t fan_in, RandomStream stream) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(fan_in));
  for (float& value : values) value = static_cast<float>(stream.uniform(-bound, bound));
}

}  // namespace

Mapping Mapping::initialised(MappingShape shape, std::uint64_t seed) {
  Mapping mapping(shape);
  const auto genes = static_cast<std::size_t>(shape.genes);
  const auto hidden = static_cast<std::size_t>(shape.hidden);
  const std::span<float> all = mapping.parameters();
  const std::span<float> w1 = all.first(genes * hidden);
  const std::span<float> b1 = all.subspan(genes * hidden, hidden);
  const std::span<float> w2 = all.subspan(genes * hidden + hidden, genes * hidden);
  const std::span<float> b2 = all.last(genes);
  for (std::size_t gene = 0; gene < genes; ++gene) {
    initial_w1(shape, seed, static_cast<std::int64_t>(gene), w1.subspan(gene * hidden, hidden));
    initial_w2(shape, seed, static_cast<std::int64_t>(gene), w2.subspan(gene * hidden, hidden));
  }
  initial_b1(shape, seed, b1);
  initial_b2(shape, seed, b2);
  return mapping;
}

void initial_w1(MappingShape shape, std::uint64_t seed, std::int64_t gene, std::span<float> of_units) {
  fill_uniform(of_units, shape.genes, RandomStream(seed, "init W1", static_cast<std::uint64_t>(gene)));
}

void initial_w2(MappingShape shape, std::uint64_t seed, std::int64_t gene, std::span<float> of_units) {
  fill_uniform(of_units, shape.hidden, RandomStream(seed, "init W2", static_cast<std::uint64_t>(gene)));
}

void initial_b1(MappingShape shape, std::uint64_t seed, std::span<float> of_units) {
  fill_uniform(of_units, shape.genes, RandomStream(seed, "init b1"));
}

void initial_b2(MappingShape shape, std::uint64_t seed, std::span<float> of_genes) {
  fill_uniform(of_genes, shape.hidden, RandomStream(seed, "init b2"));
}

std::string Mapping::checksum(const Names& genes) const {
  Checksum sum;
  for (const std::string& gene : genes) sum.add(gene);
  sum.add(parameters());
  return sum.text();
}

}  // namespace dko
