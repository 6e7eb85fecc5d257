#include "effect_product.hpp"

#include "sum_order.hpp"

namespace dko {

namespace {

/// The innermost loops, where they have the bits of Eigen's product of this shape; null elsewhere.
const ProductFunctions* packed_functions(const MappingShape& shape) {
  return has_common_order(shape.genes, shape.hidden) ? product_functions() : nullptr;
}

std::variant<EigenProduct, PackedProduct> product_of(const MappingShape& shape,
                                                     std::span<const std::int32_t> genes) {
  using Product = std::variant<EigenProduct, PackedProduct>;
  if (const ProductFunctions* const functions = packed_functions(shape))
    return Product(std::in_place_type<PackedProduct>, shape, genes, *functions);
  return Product(std::in_place_type<EigenProduct>, shape, genes);
}

}  // namespace

EffectProduct::EffectProduct(const MappingShape& shape, std::span<const std::int32_t> genes)
    : product_(product_of(shape, genes)) {}

std::int64_t EffectProduct::tiles() const {
  return std::visit([](const auto& product) { return product.tiles(); }, product_);
}

RankShare EffectProduct::share(int rank, int ranks) const {
  return std::visit([&](const auto& product) { return product.share(rank, ranks); }, product_);
}

void EffectProduct::multiply(const MappingWeights& weights, RankShare tiles, std::span<double> a,
                             const ProgressCallback& progress) const {
  std::visit([&](const auto& product) { product.multiply(weights, tiles, a, progress); }, product_);
}

double EffectProduct::bytes(const MappingShape& shape) {
  return packed_functions(shape) != nullptr ? packed_product_bytes(shape) : eigen_product_bytes(shape);
}

}  // namespace dko
