#include "dko/mapping/collapse_for.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "dko/base/numbers.hpp"
#include "product/effect_product.hpp"

namespace dko {

namespace {

/// c has no value where A has none.
void mark_left_out(const std::vector<std::int32_t>& genes, RankShare part, std::span<double> c) {
  for (std::int64_t gene = part.first; gene < part.last; ++gene) {
    if (!std::binary_search(genes.begin(), genes.end(), static_cast<std::int32_t>(gene)))
      c[static_cast<std::size_t>(gene)] = std::numeric_limits<double>::quiet_NaN();
  }
}

template <class Made>
auto mapping_of(AtRoot<Member>& member) {
  return member.is_here() ? AtRoot(std::move(std::get<Made>(*member).mapping))
                          : AtRoot<decltype(Made::mapping)>();
}

CollapsedMapping collapse_outputs(const GenesOrAll& genes, const NodeGroup& group, AtRoot<Member> member,
                                  const ProgressCallback& progress) {
  const bool is_sparse = group.all.broadcast(
      member.transform(std::holds_alternative<FittedMapping, TrainedMapping, FittedMapping>));
  if (is_sparse) return CollapsedMapping(SparseMapping::replicate(group, mapping_of<FittedMapping>(member)));
  return collapse_for(genes, group, mapping_of<TrainedMapping>(member), progress);
}

CollapsedMapping collapse_member(const GenesOrAll& genes, const NodeGroup& group, AtRoot<Member> member,
                                 const ProgressCallback& progress) {
  auto variances = share_variances(group, member);
  CollapsedMapping collapsed = collapse_outputs(genes, group, std::move(member), progress);
  collapsed.set_share_variances(std::move(variances));
  return collapsed;
}

}  // namespace

CollapsedMapping collapse_for(const GenesOrAll& genes, const NodeGroup& group, AtRoot<Mapping> mapping,
                              const ProgressCallback& progress) {
  AtRoot<MappingShape> root_shape = mapping.transform(&Mapping::shape);
  const MappingShape shape{group.all.broadcast(root_shape.take(&MappingShape::genes)),
                           group.all.broadcast(root_shape.take(&MappingShape::hidden))};
  AtRoot<NodeArray<float>> whole;
  if (mapping.is_here()) whole = AtRoot(NodeArray(std::move(*mapping).release()));
  const auto parameters = share(group, std::move(whole));
  const MappingWeights weights{shape, parameters.view()};
  NodeBuffer<double> a(group, shape.genes * shape.genes);
  NodeBuffer<double> c(group, shape.genes);
  const RankShare own_genes = group.node.share_of(shape.genes);
  const EffectProduct product(shape, genes ? *genes : numbers_below<std::int32_t>(shape.genes));
  product.multiply(weights, product.share(group.node.rank(), group.node.size()), a.values(), progress);
  add_up_offsets(weights, own_genes, c.values());
  if (genes) mark_left_out(*genes, own_genes, c.values());
  auto whole_a = std::move(a).publish();
  auto whole_c = std::move(c).publish();
  return {shape.genes, std::move(whole_a), std::move(whole_c)};
}

std::vector<CollapsedMapping> collapse_for(const GenesOrAll& genes, const NodeGroup& group,
                                           AtRoot<std::vector<Member>> members,
                                           const ProgressCallback& progress) {
  const std::int64_t count =
      group.all.broadcast(members.transform([](const std::vector<Member>& all) { return std::ssize(all); }));
  std::vector<CollapsedMapping> collapsed;
  for (std::int64_t at = 0; at < count; ++at) {
    const auto of_member = [&](std::int64_t done, std::int64_t total) {
      progress(at * total + done, count * total);
    };
    collapsed.push_back(collapse_member(genes, group, take(members, at),
                                        progress ? ProgressCallback(of_member) : ProgressCallback()));
  }
  return collapsed;
}

NodeArray<double> share_variances(const NodeGroup& group, const AtRoot<Member>& member) {
  return share(group, member.transform([](const Member& of_root) {
    return std::visit([](const auto& made) { return NodeArray(made.share_variances); }, of_root);
  }));
}

}  // namespace dko
