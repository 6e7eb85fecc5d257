#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dko/base/names.hpp"

namespace dko {

struct MappingShape {
  std::int64_t genes = 0;   ///< N
  std::int64_t hidden = 0;  ///< H, the width of the hidden layer; N in the original

  std::int64_t parameters() const { return 2 * genes * hidden + genes + hidden; }
};

/// The weights and biases in an array of parameters, laid out as a Mapping's. A view.
struct MappingWeights {
  MappingShape shape;
  std::span<const float> parameters;

  std::span<const float> w1() const { return part(0, weights()); }
  std::span<const float> b1() const { return part(weights(), shape.hidden); }
  std::span<const float> w2() const { return part(weights() + shape.hidden, weights()); }
  std::span<const float> b2() const { return part(2 * weights() + shape.hidden, shape.genes); }

 private:
  std::int64_t weights() const { return shape.genes * shape.hidden; }
  std::span<const float> part(std::int64_t first, std::int64_t count) const {
    return parameters.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  }
};

/// The original's mapping (arXiv 2510.03359) from the assemblage ẑ = z/n of a cell to its relative profile:
///
///     h = W1 ẑ + b1,   o = W2 h + b2,   y = ẑ ∘ |o|,   q = y / Σy
///
/// There is no activation between the layers. The parameters are one array, so that an optimiser, a
/// reduction over ranks or a file can take them whole; W1 and W2 both lie gene by gene, H values each:
/// [ W1ᵀ: N×H | b1: H | W2: N×H | b2: N ], rows contiguous.
class Mapping {
 public:
  Mapping() = default;
  explicit Mapping(MappingShape shape)
      : shape_(shape), parameters_(static_cast<std::size_t>(shape.parameters())) {}

  /// `parameters` is as long as the shape says.
  Mapping(MappingShape shape, std::vector<float> parameters)
      : shape_(shape), parameters_(std::move(parameters)) {}

  /// Weights and biases uniform in ±1/√fan_in, fan_in being N for W1, b1 and H for W2, b2. Each gene's
  /// weights come from a random stream of their own. Local.
  static Mapping initialised(MappingShape shape, std::uint64_t seed);

  const MappingShape& shape() const { return shape_; }
  std::span<float> parameters() { return parameters_; }
  std::span<const float> parameters() const { return parameters_; }

  std::span<float> w1() { return part(0, weights()); }
  std::span<float> w2() { return part(weights() + shape_.hidden, weights()); }
  MappingWeights view() const { return {shape_, parameters_}; }
  std::span<const float> w1() const { return view().w1(); }
  std::span<const float> b1() const { return view().b1(); }
  std::span<const float> w2() const { return view().w2(); }
  std::span<const float> b2() const { return view().b2(); }

  /// Gives up the parameters.
  std::vector<float> release() && { return std::move(parameters_); }

  /// Checksum of the parameters and of the genes they belong to.
  std::string checksum(const Names& genes) const;

 private:
  std::int64_t weights() const { return shape_.genes * shape_.hidden; }
  std::span<float> part(std::int64_t first, std::int64_t count) {
    return std::span(parameters_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  }

  MappingShape shape_;
  std::vector<float> parameters_;
};

/// The weights and biases that Mapping::initialised gives, part by part: what the presence of a gene gives to
/// each of the H hidden units, what they give to its output, and the biases of units and of outputs. Local.
void initial_w1(MappingShape shape, std::uint64_t seed, std::int64_t gene, std::span<float> of_units);
void initial_w2(MappingShape shape, std::uint64_t seed, std::int64_t gene, std::span<float> of_units);
void initial_b1(MappingShape shape, std::uint64_t seed, std::span<float> of_units);
void initial_b2(MappingShape shape, std::uint64_t seed, std::span<float> of_genes);

}  // namespace dko
