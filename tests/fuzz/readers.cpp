#include "readers.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <sstream>

#include "dko/base/error.hpp"
#include "dko/evaluation/truth_table.hpp"
#include "dko/expression/reader.hpp"
#include "dko/knockout/events/event_file.hpp"
#include "dko/knockout/events/event_list.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/results/aggregate/pair_summary.hpp"
#include "dko/results/aggregate/summary.hpp"
#include "dko/results/prediction_file.hpp"
#include "dko/results/ranking.hpp"
#include "dko/results/score_reader.hpp"
#include "dko/training/two_layer/trainer.hpp"
#include "seeds.hpp"
#include "support/testing.hpp"

namespace dko::fuzz {

namespace {

namespace fs = std::filesystem;

/// For what follows may be usable though this is not.
template <class Work>
void try_to(Work work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.code() != ExitCode::input && error.code() != ExitCode::io) throw;
  }
}

constexpr double memory = 1 << 28;

void read_matrix(const fs::path& file, ReadOptions options) {
  options.memory = memory;
  std::ostringstream said;
  Log log(said, Verbosity::verbose);
  const ExpressionMatrix matrix = read_expression(file, options, log);
  warn_of_unusual(matrix, file, log);
  matrix.checksum();
  matrix.relative_profiles();
}

void read_any_matrix(const fs::path& file) {
  read_matrix(file, {});
}

void read_anndata(const fs::path& file) {
  ReadOptions layer, raw;
  layer.layer = "counts";
  raw.raw = true;
  for (const ReadOptions& options : {layer, raw}) try_to([&] { read_matrix(file, options); });
  for (const char* column : {"cell_type", "depth", "batch"}) try_to([&] { read_cell_column(file, column); });
  read_matrix(file, {});
}

/// A matrix and its lists, which stand in one input. With the orientation given the matrix may lack lists.
void read_with_lists(const fs::path& file, std::initializer_list<const char*> names) {
  const std::string all = testing::read_file(file);
  const fs::path folder = file.parent_path() / "folder";
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::size_t start = 0;
  for (const char* name : names) {
    if (start > all.size()) continue;  // the lists may be absent
    const std::size_t end = std::min(all.find(file_separator, start), all.size());
    testing::write_file(folder / name, std::string_view(all).substr(start, end - start));
    start = end + 1;
  }
  ReadOptions options;
  options.orientation = Orientation::genes_by_cells;
  try_to([&] { read_matrix(folder, options); });
  read_matrix(folder, {});
}

void read_matrix_market(const fs::path& file) {
  read_with_lists(file, {"matrix.mtx", "features.tsv", "barcodes.tsv"});
}

void read_parse(const fs::path& file) {
  read_with_lists(file, {"count_matrix.mtx", "all_genes.csv", "cell_metadata.csv", "notes.txt"});
}

void read_kallisto(const fs::path& file) {
  read_with_lists(file, {"cells_x_genes.mtx", "cells_x_genes.genes.txt", "cells_x_genes.barcodes.txt",
                         "cells_x_genes.genes.names.txt"});
}

void read_alevin(const fs::path& file) {
  read_with_lists(file,
                  {"quants_mat.mtx", "quants_mat_cols.txt", "quants_mat_rows.txt", "gene_id_to_name.tsv"});
}

void read_any_model(const fs::path& file) {
  const Model model = read_model(file);
  records_of(model);
  collapse(model);
}

/// The scores of an array by all measures, and what commands make of them.
void read_scores(const ScreenReader& screen, ScoreArray array) {
  constexpr std::int64_t shown = 5;
  for (const Measure& measure : screen.measures(array)) {
    ScoreStream stream(screen, array, measure);
    float sum = 0;
    screen.for_each_event(array, [&](const Event&) { sum += stream.next(); });
    const auto highest = highest_scores(screen, array, measure, shown);
    if (!highest.empty()) highest_scores(screen, array, measure, shown, highest.front().event.cell);
  }
}

void summarize(const ScreenReader& screen) {
  const Communicator alone = Communicator::one_rank();
  for (const Measure& measure : summarized_measures(screen, ScoreArray::singles))
    summarize_genes(screen, measure, all_rows, alone);
  const auto pairs = pairs_of(screen);
  if (!pairs) return;
  for (const Measure& measure : summarized_measures(screen, *pairs))
    try_to([&] { summarize_pairs(screen, measure, 10, memory, alone); });
}

void read_screen(const fs::path& file) {
  const ScreenReader screen(file);
  try_to([&] { screen.gene_ids(); });
  try_to([&] { screen.expressed_counts(); });
  try_to([&] { screen.training_seconds(); });
  try_to([&] { screen.finished(); });
  try_to([&] { screen.screen_seconds(); });
  try_to([&] { screen.keep(); });
  try_to([&] { screen.keep_by(); });
  try_to([&] { screen.instruction_set(); });
  for (const ScoreArray array : {ScoreArray::singles, ScoreArray::pairs, ScoreArray::list}) {
    if (screen.has(array)) try_to([&] { read_scores(screen, array); });
  }
  summarize(screen);
}

void read_any_prediction(const fs::path& file) {
  read_prediction(file);
}

void read_checkpoint(const fs::path& file) {
  Training training = training_of_seeds();
  training.trainer->restore(file);
  while (!training.trainer->is_done()) training.trainer->step();
}

void read_event_list(const fs::path& file) {
  Log log = Log::silent();
  read_events(file, small_matrix(), Missing::refuse, log);
}

void read_any_truth(const fs::path& file) {
  Log log = Log::silent();
  read_truth(file, small_matrix(), log);
}

constexpr std::array all{Reader{"text", false, text_seeds, read_any_matrix},
                         Reader{"matrix-market", false, matrix_market_seeds, read_matrix_market},
                         Reader{"parse", false, parse_seeds, read_parse},
                         Reader{"kallisto", false, kallisto_seeds, read_kallisto},
                         Reader{"alevin", false, kallisto_seeds, read_alevin},
                         Reader{"h5ad", true, h5ad_seeds, read_anndata},
                         Reader{"10x", true, tenx_seeds, read_any_matrix},
                         Reader{"model", true, model_seeds, read_any_model},
                         Reader{"screen", true, screen_seeds, read_screen},
                         Reader{"checkpoint", true, checkpoint_seeds, read_checkpoint},
                         Reader{"prediction", true, prediction_seeds, read_any_prediction},
                         Reader{"events", false, event_seeds, read_event_list},
                         Reader{"truth", false, truth_seeds, read_any_truth}};

}  // namespace

std::span<const Reader> readers() {
  return all;
}

}  // namespace dko::fuzz
