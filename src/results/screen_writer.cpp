#include "dko/results/screen_writer.hpp"

#include "dko/base/text.hpp"
#include "dko/knockout/event_index.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "score_layout.hpp"
#include "screen_layout.hpp"
#include "summary_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

constexpr std::int64_t alignment = std::int64_t{1} << 20;  // of large arrays

/// single/: the targets once, and for each score an anndata csr_matrix that shares them.
void create_singles(hdf5::File& file, const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  hdf5::Location single = file.create_group(layout::single);
  single.write(layout::indptr, plan.targets.starts());
  single.write(layout::indices, plan.targets.genes());
  for (const Score score : every_score) {
    if (!plan.singles.has(score)) continue;
    hdf5::Location scores = single.create_group(layout::name_of(score));
    scores.create(layout::data, hdf5::Type::f32, {plan.targets.total()});
    scores.hard_link(single, layout::indptr, layout::indptr);
    scores.hard_link(single, layout::indices, layout::indices);
    scores.set_encoding("", "csr_matrix", "0.1.0");
    scores.set("shape", std::vector<std::int64_t>{matrix.cells(), matrix.genes()});
  }
}

void create_pairs(hdf5::File& file, const PairIndex& index, ScoreSet wanted) {
  hdf5::Location pairs = file.create_group(layout::double_);
  pairs.write(layout::indptr, index.starts());
  pairs.set_encoding(layout::indptr, "array", "0.2.0");
  create_scores(pairs, wanted, index.total());
}

void create_list(hdf5::File& file, const EventList& events, ScoreSet wanted) {
  hdf5::Location list = file.create_group(layout::list);
  list.write(layout::event_genes, events.all_genes(), {events.size(), events.order()});
  list.write(layout::event_cell, events.all_cells());
  for (const char* name : {layout::event_genes, layout::event_cell})
    list.set_encoding(name, "array", "0.2.0");
  create_scores(list, wanted, events.size());
}

void note_keeping(hdf5::File& file, const PairKeeping& keeping) {
  file.set(layout::keep, text_of(keeping));
  if (keeping.form == PairKeeping::Form::selected)
    file.set(layout::keep_by, std::string(name_of(keeping.by).name));
}

void create_cells(hdf5::File& file, const ExpressionMatrix& matrix) {
  std::vector<std::int32_t> expressed;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    expressed.push_back(static_cast<std::int32_t>(matrix.expressed_count(cell)));
  hdf5::Location cells = file.create_group(layout::cells);
  cells.write_strings(layout::name, matrix.cell_names());
  cells.write<std::int32_t>(layout::n_genes, expressed);
  cells.set_encoding(layout::n_genes, "array", "0.2.0");
}

}  // namespace

void create_scores(hdf5::Location& group, ScoreSet wanted, std::int64_t events) {
  for (const Score score : every_score) {
    if (!wanted.has(score)) continue;
    group.create(layout::name_of(score), hdf5::Type::f32, {events});
    group.set_encoding(layout::name_of(score), "array", "0.2.0");
  }
}

void create_screen_file(const std::filesystem::path& path, const ExpressionMatrix& matrix,
                        const ScreenPlan& plan, const Provenance& provenance, const ModelNotes& notes) {
  hdf5::File file = hdf5::File::create(path, alignment);
  hdf5::write_header(file, layout::kind, provenance);
  file.set("complete", std::int64_t{0});
  file.set(layout::members, plan.members);
  file.set(layout::instruction_set, std::string(name_of(plan.instructions)));
  hdf5::Location genes = file.create_group(layout::genes);
  genes.write_strings(layout::name, matrix.gene_names());
  genes.write_strings(layout::id, matrix.gene_ids());
  create_cells(file, matrix);
  if (plan.singles.any()) create_singles(file, matrix, plan);
  if (plan.doubles.any()) note_keeping(file, plan.keeping);
  if (plan.stores_all_pairs()) create_pairs(file, PairIndex(matrix, plan.targets), plan.doubles);
  if (plan.stores_summary()) summary_layout::create(file, plan, matrix);
  if (plan.list) create_list(file, *plan.list, plan.listed);
  write_model_notes(file, notes);
  file.flush();
  file.close();
}

void complete_screen_file(const std::filesystem::path& path, std::optional<double> training_seconds,
                          double screen_seconds) {
  hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
  if (training_seconds) file.set("training_seconds", *training_seconds);
  file.set("screen_seconds", screen_seconds);
  file.set("finished", utc_now());
  file.set("complete", std::int64_t{1});
  file.close();
}

ScreenWriter::ScreenWriter(const std::filesystem::path& path, const Communicator& communicator,
                           const ScreenPlan& plan)
    : file_(open_on_all_ranks(path, communicator)) {
  const auto open = [&](ScoreArray array, ScoreSet wanted, const auto& dataset_of) {
    for (const Score score : every_score) {
      if (wanted.has(score)) datasets_.emplace(std::pair(array, score), dataset_of(layout::name_of(score)));
    }
  };
  open(ScoreArray::singles, plan.singles,
       [&](const char* score) { return file_.group(layout::single).group(score).dataset(layout::data); });
  open(ScoreArray::pairs, plan.stores_all_pairs() ? plan.doubles : ScoreSet{},
       [&](const char* score) { return file_.group(layout::double_).dataset(score); });
  if (!plan.list) return;
  open(ScoreArray::list, plan.listed,
       [&](const char* score) { return file_.group(layout::list).dataset(score); });
}

void ScreenWriter::write(ScoreArray array, Score score, std::int64_t first, std::span<const float> values) {
  datasets_.at({array, score}).write(first, values);
}

void ScreenWriter::close() {
  datasets_.clear();
  file_.close();
}

}  // namespace dko
