#include "dko/results/export/anndata_export.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "dko/hdf5/anndata.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/mapping/visibility.hpp"
#include "dko/results/score_reader.hpp"
#include "results/aggregate/moments.hpp"
#include "results/screen_file/screen_layout.hpp"
#include "results/visible_first.hpp"

namespace dko {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// NaN where there is nothing to take the mean of.
double mean_of(const Moments& moments) {
  return moments.count > 0 ? moments.mean : none;
}

/// One score over the cells of each gene, and over the genes of each cell.
struct ScoreMoments {
  Score score;
  std::vector<Moments> of_genes;
  std::vector<Moments> of_cells;
};

/// The stored scores of the singles; first what X holds.
std::vector<Score> stored_scores(const ScreenReader& screen) {
  std::vector<Score> scores;
  for (const Measure& measure : screen.measures(ScoreArray::singles)) scores.push_back(measure.score);
  const Score first = screen.leading_measure(ScoreArray::singles).score;
  std::stable_partition(scores.begin(), scores.end(), [&](Score score) { return score == first; });
  return scores;
}

/// The name of what is found: of activations one that cannot be taken for that of losses.
std::string title_of(const ScreenReader& screen, const std::string& name) {
  return screen.activates() ? "activation_" + name : name;
}

std::string title_of(const ScreenReader& screen, Score score) {
  return title_of(screen, screen_layout::name_of(score));
}

/// Copies one score and takes its moments.
ScoreMoments copy_scores(const ScreenReader& screen, Score score, hdf5::Dataset to) {
  constexpr std::int64_t block = std::int64_t{1} << 20;
  const KnockoutTargets& targets = screen.targets();
  ScoreMoments moments{score, std::vector<Moments>(screen.gene_names().size()),
                       std::vector<Moments>(screen.cell_names().size())};
  ScoreReader reader(screen, ScoreArray::singles, {score, false});
  std::vector<float> values;
  RunningChecksum sum;
  std::int64_t cell = 0;
  for (std::int64_t first = 0; first < targets.total(); first += block) {
    values.resize(static_cast<std::size_t>(std::min(block, targets.total() - first)));
    reader.read(first, values);
    to.write(first, std::span<const float>(values));
    sum.add(std::span<const float>(values));
    for (std::int64_t at = first; at < first + std::ssize(values); ++at) {
      while (targets.starts()[static_cast<std::size_t>(cell) + 1] <= at) ++cell;
      const auto value = static_cast<double>(values[static_cast<std::size_t>(at - first)]);
      const std::int32_t gene = targets.genes()[static_cast<std::size_t>(at)];
      moments.of_genes[static_cast<std::size_t>(gene)].add(value);
      moments.of_cells[static_cast<std::size_t>(cell)].add(value);
    }
  }
  to.set_checksum(sum.value());
  return moments;
}

/// Whether the score of each gene is unknown: what happens to others, where its absence is not visible.
std::vector<bool> unknown_genes(const ScreenReader& screen, Score score) {
  std::vector<bool> unknown(screen.gene_names().size());
  const std::vector<GeneVisibility> visibility = screen.visibility();
  if (is_of_others(score) && !visibility.empty())
    std::transform(visibility.begin(), visibility.end(), unknown.begin(), std::not_fn(is_visible));
  return unknown;
}

/// 1 for the highest mean, equal ones in order, the unknown ones after all others; NaN for genes without.
std::vector<double> ranks(const std::vector<Moments>& moments, const std::vector<bool>& unknown) {
  std::vector<std::size_t> order;
  for (std::size_t gene = 0; gene < moments.size(); ++gene) {
    if (moments[gene].count > 0) order.push_back(gene);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return moments[a].mean > moments[b].mean; });
  std::stable_partition(order.begin(), order.end(), [&](std::size_t gene) { return !unknown[gene]; });
  std::vector<double> rank(moments.size(), none);
  for (std::size_t at = 0; at < order.size(); ++at) rank[order[at]] = static_cast<double>(at + 1);
  return rank;
}

/// The gene of each cell whose event has the highest score, an unknown one only where there is no other.
Names strongest_genes(const ScreenReader& screen, Score score) {
  Names strongest(screen.cell_names().size());
  ScoreStream scores(screen, ScoreArray::singles, {score, false});
  const std::vector<bool> unknown = unknown_genes(screen, score);
  constexpr std::pair<bool, float> none_yet{false, -std::numeric_limits<float>::infinity()};
  std::vector<std::pair<bool, float>> highest(strongest.size(), none_yet);  // whether known, and its score
  screen.for_each_event(ScoreArray::singles, [&](const Event& event) {
    const auto cell = static_cast<std::size_t>(event.cell);
    const auto gene = static_cast<std::size_t>(event.genes.front());
    const std::pair<bool, float> found{!unknown[gene], scores.next()};
    if (!(found > highest[cell])) return;
    highest[cell] = found;
    strongest[cell] = screen.gene_names()[gene];
  });
  return strongest;
}

template <class T, class Figure>
std::vector<T> column(const std::vector<Moments>& moments, Figure figure) {
  std::vector<T> values;
  for (const Moments& of_one : moments) values.push_back(static_cast<T>(figure(of_one)));
  return values;
}

double count_of(const Moments& moments) {
  return moments.count;
}

/// The columns of the cells that the screen keeps; as obs_NAME where NAME is taken.
void write_kept_columns(hdf5::DataFrame& obs, const ScreenReader& screen) {
  for (const std::string& title : screen.obs_titles()) {
    const ObsColumn column = screen.obs_column(title);
    const std::string name = obs.has(title) ? "obs_" + title : title;
    if (column.is_categorical())
      obs.add(name, column.codes, column.labels);
    else
      obs.add(name, column.numbers);
  }
}

void write_cells(hdf5::File& file, const ScreenReader& screen, const std::vector<ScoreMoments>& scores) {
  hdf5::DataFrame obs(file, "obs", screen.cell_names());
  if (const auto counts = screen.expressed_counts()) obs.add("n_genes", *counts);
  obs.add(screen.activates() ? "n_activations" : "n_knockouts",
          column<std::int32_t>(scores.front().of_cells, count_of));
  for (const ScoreMoments& score : scores)
    obs.add(title_of(screen, score.score) + "_mean", column<double>(score.of_cells, mean_of));
  obs.add(title_of(screen, "strongest"), strongest_genes(screen, scores.front().score));
  write_kept_columns(obs, screen);
}

/// What is known of how well the cells show the absence of each gene.
void write_visibility(hdf5::DataFrame& var, const std::vector<GeneVisibility>& genes) {
  if (genes.empty()) return;
  std::vector<double> information;
  Names reasons;
  for (const GeneVisibility& gene : genes) {
    information.push_back(gene.information);
    reasons.push_back(why_not_visible(gene));
  }
  var.add("information", information);
  var.add("not_visible", reasons);
}

void write_genes(hdf5::File& file, const ScreenReader& screen, const std::vector<ScoreMoments>& scores) {
  hdf5::DataFrame var(file, "var", screen.gene_names());
  var.add("gene_ids", screen.gene_ids());
  var.add(title_of(screen, "n_cells"), column<std::int32_t>(scores.front().of_genes, count_of));
  for (const ScoreMoments& score : scores) {
    const std::string name = title_of(screen, score.score);
    var.add(name + "_mean", column<double>(score.of_genes, mean_of));
    if (is_deviation(score.score)) continue;
    var.add(name + "_sd", column<double>(score.of_genes, std::mem_fn(&Moments::sd)));
  }
  const ScoreMoments& first = scores.front();
  var.add(title_of(screen, "rank"), ranks(first.of_genes, unknown_genes(screen, first.score)));
  if (const auto direction = screen.direction(); direction && !direction->q_values.empty())
    var.add("shift_q_value", direction->q_values);
  write_visibility(var, screen.visibility());
}

void write_origin(hdf5::File& file, const ScreenReader& screen, Score in_x, const std::string& command) {
  hdf5::Location uns = file.group("uns");
  hdf5::Location origin = hdf5::create_dict(uns, "dko");
  origin.write_scalar("X", title_of(screen, in_x));
  origin.write_scalar("command", command);
  origin.write_scalar("screen_command", screen.provenance().command);
  hdf5::write_origin(origin, screen.provenance());
  origin.write_scalar("seed",
                      std::to_string(screen.provenance().seed));  // may be above what an integer holds
  origin.write_scalar("finished", screen.finished());
  origin.write_scalar("job_at_end", screen.job_at_end());
  origin.write_scalar("members", screen.members());
  origin.write_scalar("base", name_of(screen.base()));
  if (screen.activates()) origin.write_scalar(screen_layout::activation, std::int64_t{1});
  if (screen.presence() > 0) origin.write_scalar("knockdown", fmt::to_string(screen.presence()));
  if (const auto direction = screen.direction()) {
    origin.write_scalar("from", direction->from);
    origin.write_scalar("toward", direction->toward);
  }
}

}  // namespace

double anndata_export_bytes(const ScreenReader& screen) {
  const auto scores = static_cast<double>(stored_scores(screen).size());
  const auto cells = static_cast<double>(screen.cell_names().size());
  const auto genes = static_cast<double>(screen.gene_names().size());
  constexpr double fixed = 1 << 20;
  constexpr double bytes_of_name = 64;
  const double of_visibility = screen.visibility().empty() ? 0 : 8 + 2 * bytes_of_name;
  double kept = 0;
  for (const std::string& title : screen.obs_titles()) kept += bytes_of({screen.obs_column(title)}) + 4096;
  // Indices in 64 bits at most.
  return fixed + kept + (8 + 4 * scores) * static_cast<double>(screen.targets().total()) +
         cells * (2 * bytes_of_name + 16 + 8 * scores) +
         genes * (2 * bytes_of_name + 12 + 16 * scores + of_visibility);
}

void write_anndata(OutputFile& output, const ScreenReader& screen, const std::string& command) {
  hdf5::File file = hdf5::File::create(output.partial_path());
  hdf5::write_header(file, screen.activates() ? anndata_activations_kind : anndata_export_kind,
                     screen.provenance());
  hdf5::begin_anndata(file);
  const KnockoutTargets& targets = screen.targets();
  const hdf5::Shape shape{targets.cells(), std::ssize(screen.gene_names())};
  std::vector<ScoreMoments> moments;
  for (const Score score : stored_scores(screen)) {
    if (moments.empty()) {
      moments.push_back(copy_scores(
          screen, score, hdf5::create_csr(file, "X", targets.starts(), targets.genes(), shape[1])));
      continue;
    }
    hdf5::Location layers = file.group("layers");
    moments.push_back(copy_scores(
        screen, score, hdf5::create_csr_like(layers, title_of(screen, score), file.group("X"), shape)));
  }
  write_cells(file, screen, moments);
  write_genes(file, screen, moments);
  write_origin(file, screen, moments.front().score, command);
  file.close();
  output.commit();
}

}  // namespace dko
