#include "fit_assembly.hpp"

#include <cstdint>
#include <numeric>
#include <utility>

#include "passed_effects.hpp"

namespace dko {

namespace {

/// What a gene that no cell of the fit expresses is taken for.
double least_seen_mean(const std::vector<GeneFit>& fits) {
  double least = 0;
  for (const GeneFit& fit : fits) {
    if (fit.mean > 0 && (least == 0 || fit.mean < least)) least = fit.mean;
  }
  return least;
}

}  // namespace

SparseMapping assemble(const std::vector<GeneFit>& fits, const RegressionSetting& setting,
                       const CellState& state) {
  const auto genes = static_cast<std::size_t>(setting.profiles->genes());
  const auto r = static_cast<std::size_t>(setting.factors);
  SparseMappingParts parts;
  parts.starts.assign(genes + 1, 0);
  for (const GeneFit& fit : fits) {
    for (const std::int32_t regulator : fit.regulators)
      ++parts.starts[static_cast<std::size_t>(regulator) + 1];
  }
  std::partial_sum(parts.starts.begin(), parts.starts.end(), parts.starts.begin());
  std::vector<std::int64_t> next(parts.starts.begin(), parts.starts.end() - 1);
  parts.rows.resize(static_cast<std::size_t>(parts.starts.back()));
  parts.effects.resize(parts.rows.size());
  const double least_mean = least_seen_mean(fits);
  for (std::size_t gene = 0; gene < genes; ++gene) {
    const GeneFit& fit = fits[gene];
    for (std::size_t at = 0; at < fit.regulators.size(); ++at) {
      const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(fit.regulators[at])]++);
      parts.rows[to] = static_cast<std::int32_t>(gene);
      parts.effects[to] = fit.effects[at];
    }
    const bool is_seen = fit.mean > 0;
    double offset = is_seen ? fit.offset : least_mean;
    const auto of_state = fit.responses.begin() + setting.covariate_width;
    for (std::size_t k = 0; k < r; ++k) offset -= of_state[static_cast<std::ptrdiff_t>(k)] * state.centre[k];
    parts.offset.push_back(offset);
    parts.floor.push_back(floor_share * (is_seen ? fit.mean : least_mean));
    parts.covariate_responses.insert(parts.covariate_responses.end(), fit.responses.begin(), of_state);
    parts.responses.insert(parts.responses.end(), of_state, fit.responses.end());
    const auto loading = state.loadings.begin() + static_cast<std::ptrdiff_t>(gene) * state.factors;
    parts.loadings.insert(parts.loadings.end(), loading, loading + setting.factors);
  }
  parts.levels = setting.inputs->levels();
  pass_on(parts);
  return SparseMapping(std::move(parts));
}

}  // namespace dko
