#include "dko/mapping/collapsed_mapping.hpp"

#include <utility>
#include <vector>

#include "dko/base/numbers.hpp"
#include "product/effect_product.hpp"

namespace dko {

CollapsedMapping::CollapsedMapping(std::int64_t genes, NodeArray<double> a, NodeArray<double> c)
    : genes_(genes), a_(std::move(a)), c_(std::move(c)) {}

CollapsedMapping::CollapsedMapping(const Mapping& mapping) : genes_(mapping.shape().genes) {
  std::vector<double> a(static_cast<std::size_t>(genes_ * genes_));
  std::vector<double> c(static_cast<std::size_t>(genes_));
  const EffectProduct product(mapping.shape(), numbers_below<std::int32_t>(genes_));
  product.multiply(mapping.view(), {0, product.tiles()}, a, {});
  add_up_offsets(mapping.view(), {0, genes_}, c);
  a_ = NodeArray(std::move(a));
  c_ = NodeArray(std::move(c));
}

double CollapsedMapping::bytes_of_dense(std::int64_t genes) {
  const auto count = static_cast<double>(genes);
  return sizeof(double) * count * (count + 1);
}

double CollapsedMapping::operations_to_compute(const MappingShape& shape) {
  const auto genes = static_cast<double>(shape.genes);
  return 2 * static_cast<double>(shape.hidden) * genes * genes;
}

double CollapsedMapping::bytes_to_compute(const MappingShape& shape) {
  return EffectProduct::bytes(shape);
}

CollapsedMapping CollapsedMapping::replicate_outputs(const NodeGroup& group,
                                                     AtRoot<CollapsedMapping> mapping) {
  AtRoot<std::optional<SparseMapping>> sparse = mapping.take(&CollapsedMapping::sparse_);
  if (group.all.broadcast(sparse.transform([](const auto& found) { return found.has_value(); })))
    return CollapsedMapping(SparseMapping::replicate(
        group, sparse.is_here() ? AtRoot(std::move(**sparse)) : AtRoot<SparseMapping>()));
  const std::int64_t genes = group.all.broadcast(mapping.take(&CollapsedMapping::genes_));
  auto a = share(group, mapping.take(&CollapsedMapping::a_));
  auto c = share(group, mapping.take(&CollapsedMapping::c_));
  return {genes, std::move(a), std::move(c)};
}

CollapsedMapping CollapsedMapping::replicate(const NodeGroup& group, AtRoot<CollapsedMapping> mapping) {
  auto variances = share(group, mapping.take(&CollapsedMapping::share_variances_));
  CollapsedMapping everywhere = replicate_outputs(group, std::move(mapping));
  everywhere.set_share_variances(std::move(variances));
  return everywhere;
}

std::vector<CollapsedMapping> replicate(const NodeGroup& group,
                                        AtRoot<std::vector<CollapsedMapping>> mappings) {
  const std::int64_t count = group.all.broadcast(
      mappings.transform([](const std::vector<CollapsedMapping>& all) { return std::ssize(all); }));
  std::vector<CollapsedMapping> everywhere;
  for (std::int64_t at = 0; at < count; ++at)
    everywhere.push_back(CollapsedMapping::replicate(group, take(mappings, at)));
  return everywhere;
}

}  // namespace dko
