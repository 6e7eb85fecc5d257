#include "dko/simulation/synthetic_mapping.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "dko/base/names.hpp"
#include "dko/base/random.hpp"

namespace dko {

namespace {

/// Log-normal, two thirds within a factor of e of their median.
std::vector<double> draw_outputs(std::int64_t genes, RandomStream& stream) {
  std::vector<double> outputs;
  for (std::int64_t gene = 0; gene < genes; ++gene) outputs.push_back(std::exp(stream.normal()));
  return outputs;
}

/// Normal numbers to draw from again and again: by the hundred million they take longer than a bench.
std::vector<double> draw_table(RandomStream& stream) {
  std::vector<double> draws(65536);
  for (double& draw : draws) draw = stream.normal();
  return draws;
}

/// Cells with level(stream) as the expression of each gene that they express.
template <class Level>
ExpressionMatrix draw_cells(std::int64_t cells, std::int64_t genes, std::int64_t expressed,
                            std::uint64_t seed, Level level) {
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> of_cells;
  std::vector<float> values;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    RandomStream stream(seed, "made-up cells", static_cast<std::uint64_t>(cell));
    for (const std::int64_t gene : stream.distinct(expressed, genes)) {
      of_cells.push_back(static_cast<std::int32_t>(gene));
      values.push_back(static_cast<float>(level(stream)));
    }
    starts.push_back(std::ssize(of_cells));
  }
  return {numbered_names("gene", genes), numbered_names("cell", cells), NodeArray(std::move(starts)),
          NodeArray(std::move(of_cells)), NodeArray(std::move(values))};
}

}  // namespace

CollapsedMapping make_dense_mapping(std::int64_t genes, double effect, std::uint64_t seed) {
  RandomStream stream(seed, "made-up dense mapping");
  std::vector<double> outputs = draw_outputs(genes, stream);
  std::vector<double> effects = draw_table(stream);
  for (double& one : effects) one *= effect * std::sqrt(static_cast<double>(genes));
  std::vector<double> a;
  a.reserve(static_cast<std::size_t>(genes * genes));
  for (std::int64_t column = 0; column < genes; ++column) {
    std::size_t at = static_cast<std::size_t>(stream.below(std::ssize(effects)));
    for (const double output : outputs) a.push_back(output * effects[at++ % effects.size()]);
  }
  return {genes, NodeArray(std::move(a)), NodeArray(std::move(outputs))};
}

Mapping make_layers(MappingShape shape, double effect, std::int64_t expressed, std::uint64_t seed) {
  RandomStream stream(seed, "made-up layers");
  const std::vector<double> outputs = draw_outputs(shape.genes, stream);
  const std::vector<double> table = draw_table(stream);
  const std::vector<float> draws(table.begin(), table.end());
  Mapping mapping(shape);
  const auto hidden = static_cast<std::size_t>(shape.hidden);
  std::size_t at = 0;
  const auto fill = [&](std::span<float> weights, double size) {
    // In steps that do not divide the table: rows are not each other's copies.
    if (at++ % 3 == 0) at += static_cast<std::size_t>(stream.below(std::ssize(draws)));
    for (float& weight : weights) weight = static_cast<float>(size) * draws[at++ % draws.size()];
  };
  // Var A_ij = H · size², and Σ_j A_ij / n over n expressed genes is to be `effect` of the output.
  const double size = effect * std::sqrt(static_cast<double>(expressed) / static_cast<double>(shape.hidden));
  const std::span<float> b2 = mapping.parameters().last(outputs.size());
  for (std::size_t gene = 0; gene < outputs.size(); ++gene) {
    fill(mapping.w1().subspan(gene * hidden, hidden), 1.0);
    fill(mapping.w2().subspan(gene * hidden, hidden), size * outputs[gene]);
    b2[gene] = static_cast<float>(outputs[gene]);
  }
  return mapping;
}

ExpressionMatrix make_cells(std::int64_t cells, std::int64_t genes, std::int64_t expressed,
                            std::uint64_t seed) {
  const auto as_much = [](RandomStream&) { return 1.0; };
  return draw_cells(cells, genes, expressed, seed, as_much);
}

RelativeProfiles make_profiles(std::int64_t cells, std::int64_t genes, std::int64_t expressed,
                               std::uint64_t seed) {
  const auto level = [](RandomStream& stream) { return std::exp(stream.normal()); };
  return draw_cells(cells, genes, expressed, seed, level).relative_profiles();
}

SparseMapping make_sparse_mapping(std::int64_t genes, std::int64_t nonzeros, std::uint64_t seed) {
  constexpr double effect = 0.1;
  RandomStream stream(seed, "made-up sparse mapping");
  SparseMappingParts parts;
  parts.offset = draw_outputs(genes, stream);
  for (const double output : parts.offset) parts.floor.push_back(output / 100);
  parts.starts.push_back(0);
  for (std::int64_t column = 0; column < genes; ++column) {
    // Draws from the other genes: numbers from the column's own on are one too low.
    for (std::int64_t row : stream.distinct(std::min(nonzeros, genes - 1), genes - 1)) {
      row += row >= column ? 1 : 0;
      parts.rows.push_back(static_cast<std::int32_t>(row));
      parts.effects.push_back(effect * parts.offset[static_cast<std::size_t>(row)] * stream.normal());
    }
    parts.starts.push_back(std::ssize(parts.rows));
  }
  return SparseMapping(std::move(parts));
}

}  // namespace dko
