#include "synthetic_screen.hpp"

#include "dko/simulation/synthetic_mapping.hpp"

namespace dko {

RelativeProfiles synthetic_profiles(const ScreenBench& bench) {
  return make_cells(bench.cells, bench.genes, bench.expressed, bench.seed).relative_profiles();
}

Model synthetic_model(const ScreenBench& bench, const Names& genes) {
  Model model;
  model.genes = genes;
  // Any will do: a shrunk base takes as long with others.
  const std::vector<double> variances(genes.size(), 1e-8);
  if (bench.kind == MappingKind::dko) {
    TrainedMapping member;
    member.mapping = make_layers(bench.shape(), bench.effect, bench.expressed, bench.seed);
    member.share_variances = variances;
    model.members.emplace_back(std::move(member));
  } else {
    FittedMapping member;
    member.mapping = make_sparse_mapping(bench.genes, bench.nonzeros, bench.seed);
    member.share_variances = variances;
    model.members.emplace_back(std::move(member));
  }
  return model;
}

ScreenRequest request_of(const ScreenBench& bench) {
  ScreenRequest request = bench.screen;
  request.base = request.base.value_or(default_base(bench.kind));
  return request;
}

}  // namespace dko
