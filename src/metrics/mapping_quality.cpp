#include "dko/metrics/mapping_quality.hpp"

#include <algorithm>
#include <limits>

#include "dko/base/random.hpp"
#include "dko/metrics/baselines.hpp"

namespace dko {

namespace {

constexpr std::int64_t most_cells = 2000;
constexpr std::int64_t most_dense_entries = 2'000'000;
constexpr std::int64_t most_sampled_entries = 20'000;
constexpr float none = std::numeric_limits<float>::quiet_NaN();

/// Mean of each gene's shares over the cells that express it; cells × genes by rows.
std::vector<float> mean_where_expressed(std::span<const float> truth, std::span<const float> shares,
                                        std::size_t genes) {
  std::vector<double> sums(genes, 0.0);
  std::vector<double> counts(genes, 0.0);
  for (std::size_t at = 0; at < truth.size(); ++at) {
    if (!(truth[at] > 0)) continue;
    sums[at % genes] += static_cast<double>(shares[at]);
    counts[at % genes] += 1;
  }
  std::vector<float> means;
  for (std::size_t gene = 0; gene < genes; ++gene)
    means.push_back(counts[gene] > 0 ? static_cast<float>(sums[gene] / counts[gene]) : none);
  return means;
}

/// The places of a random sample of the expressed entries, ascending.
std::vector<std::size_t> sample_expressed(std::span<const float> truth, std::uint64_t seed) {
  std::vector<std::size_t> expressed;
  for (std::size_t at = 0; at < truth.size(); ++at) {
    if (truth[at] > 0) expressed.push_back(at);
  }
  RandomStream stream(seed, "quality entries");
  std::vector<std::size_t> sample;
  for (const std::int64_t place :
       stream.distinct(std::min(std::ssize(expressed), most_sampled_entries), std::ssize(expressed)))
    sample.push_back(expressed[static_cast<std::size_t>(place)]);
  return sample;
}

}  // namespace

std::vector<std::int64_t> cells_to_judge(std::span<const std::int64_t> cells, std::int64_t genes,
                                         std::uint64_t seed) {
  const std::int64_t most = std::clamp<std::int64_t>(most_dense_entries / genes, 1, most_cells);
  RandomStream stream(seed, "quality cells");
  std::vector<std::int64_t> chosen;
  for (const std::int64_t place : stream.distinct(std::min(std::ssize(cells), most), std::ssize(cells)))
    chosen.push_back(cells[static_cast<std::size_t>(place)]);
  return chosen;
}

MappingQuality judge_mapping(const Member& member, const RelativeProfiles& profiles,
                             std::span<const std::int64_t> known, std::span<const std::int64_t> cells,
                             std::uint64_t seed) {
  const auto genes = static_cast<std::size_t>(profiles.genes());
  const std::vector<float> truth = dense_profiles(profiles, cells);
  const std::vector<float> predicted = predict_profiles(member, profiles, cells);
  const std::vector<float> mean_share = mean_share_profiles(profiles, known, cells);
  MappingQuality quality;
  quality.cells = std::ssize(cells);
  quality.mapping = compare_profiles(truth, predicted, profiles.genes());
  quality.mean_share = compare_profiles(truth, mean_share, profiles.genes());
  quality.scaled_share =
      compare_profiles(truth, mean_scaled_share_profiles(profiles, known, cells), profiles.genes());
  quality.true_mean = mean_where_expressed(truth, truth, genes);
  quality.predicted_mean = mean_where_expressed(truth, predicted, genes);
  for (const auto& of_gene : spearman_of_genes(truth, predicted, profiles.genes()))
    quality.spearman.push_back(of_gene ? static_cast<float>(*of_gene) : none);
  for (const std::size_t at : sample_expressed(truth, seed)) {
    quality.entries.genes.push_back(static_cast<std::int32_t>(at % genes));
    quality.entries.cells.push_back(static_cast<std::int32_t>(cells[at / genes]));
    quality.entries.truth.push_back(truth[at]);
    quality.entries.predicted.push_back(predicted[at]);
    quality.entries.mean_share.push_back(mean_share[at]);
  }
  return quality;
}

}  // namespace dko
