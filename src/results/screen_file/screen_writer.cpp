#include "dko/results/screen_file/screen_writer.hpp"

#include <fmt/format.h>

#include <map>
#include <random>
#include <utility>

#include "block_record.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/text.hpp"
#include "dko/hdf5/anndata.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "dko/results/screen_file/direction_file.hpp"
#include "dko/results/screen_file/read_back.hpp"
#include "results/aggregate/summary_layout.hpp"
#include "score_layout.hpp"
#include "screen_identity.hpp"
#include "screen_layout.hpp"

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

/// p of the targets, in their order, and T of each cell.
void write_observed(hdf5::File& file, const RelativeProfiles& profiles, const ScreenPlan& plan) {
  std::vector<float> shares;
  std::vector<double> totals;
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    for (const std::int32_t gene : plan.targets.of(cell)) shares.push_back(profiles.value(cell, gene));
    totals.push_back(profiles.total(cell));
  }
  hdf5::Location single = file.group(layout::single);
  single.write<float>(layout::observed, shares);
  hdf5::Location cells = file.group(layout::cells);
  cells.write<double>(layout::total, totals);
  cells.set_encoding(layout::total, "array", "0.2.0");
}

void write_covariates_of(hdf5::File& file, const ExpressionMatrix& matrix) {
  std::vector<double> numbers;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const std::span<const double> of_cell = matrix.covariates(cell);
    numbers.insert(numbers.end(), of_cell.begin(), of_cell.end());
  }
  hdf5::Location cells = file.group(layout::cells);
  cells.write<double>(layout::covariates, numbers, {matrix.cells(), matrix.covariate_width()});
  cells.set_encoding(layout::covariates, "array", "0.2.0");
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
  if (events.has_added()) {
    list.write(layout::event_added, events.all_added(), {events.size(), events.order()});
    list.set_encoding(layout::event_added, "array", "0.2.0");
  }
  create_scores(list, wanted, events.size());
}

/// Creates the arrays of kept pairs, which are written later.
void create_kept(hdf5::File& file, std::int64_t pairs, ScoreSet scores) {
  hdf5::Location list = file.create_group(layout::list);
  list.create(layout::event_genes, hdf5::Type::i32, {pairs, 2});
  list.create(layout::event_cell, hdf5::Type::i32, {pairs});
  for (const char* name : {layout::event_genes, layout::event_cell})
    list.set_encoding(name, "array", "0.2.0");
  create_scores(list, scores, pairs);
}

std::string random_name() {
  std::random_device source;
  return fmt::format("{:08x}{:08x}", source(), source());
}

void create_progress(hdf5::File& file, const ExpressionMatrix& matrix, const ScreenPlan& plan,
                     const Provenance& provenance, const ScreenFileOptions& options) {
  hdf5::Location progress = file.create_group(layout::progress);
  write_identity(progress, plan, provenance);
  progress.set(layout::job, options.job.empty() ? random_name() : options.job);
  const PendingEvents work = options.blocks != nullptr ? *options.blocks : whole_work(plan, matrix, 1);
  for (const ScoreArray array : every_array) {
    const ScoreSet scores = stored_scores(plan, array);
    if (scores.any())
      create_block_record(progress, array, scores, work[array].block, events_of(plan, matrix, array));
  }
  if (options.kept)
    create_block_record(progress, ScoreArray::list, plan.doubles, block_for(*options.kept, 1), *options.kept);
  if (plan.stores_summary()) summary_layout::create_record(progress, plan, matrix);
}

/// Attributes that get their value in the end.
void create_end(hdf5::File& file) {
  file.set(layout::complete, std::int64_t{0});
  file.set(layout::screen_seconds, 0.0);
  file.set(layout::resumed, std::int64_t{0});
  file.set(layout::ranks_at_end, std::int64_t{0});
  file.set_fixed(layout::finished, "", utc_now().size());
  file.set_fixed(layout::job_at_end, "", longest_job);
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

void write_obs(hdf5::File& file, const ObsColumns& columns) {
  if (columns.empty()) return;
  hdf5::DataFrame obs(file, layout::obs, file.group(layout::cells), layout::name);
  for (const ObsColumn& column : columns) {
    if (column.is_categorical())
      obs.add(column.title, column.codes, column.labels);
    else
      obs.add(column.title, column.numbers);
  }
}

}  // namespace

void create_screen_file(const std::filesystem::path& path, const RelativeProfiles& profiles,
                        const ScreenPlan& plan, const Provenance& provenance,
                        const ScreenFileOptions& options) {
  const ExpressionMatrix& matrix = profiles;
  hdf5::File file = hdf5::File::create(path, alignment);
  hdf5::write_header(file, layout::kind, provenance);
  create_end(file);
  if (options.training_seconds) file.set(layout::training_seconds, *options.training_seconds);
  file.set(layout::members, plan.members);
  file.set(layout::base, std::string(name_of(plan.base)));
  if (plan.activates) file.set(layout::activation, std::int64_t{1});
  if (plan.presence > 0) file.set(layout::knockdown, plan.presence);
  file.set(layout::instruction_set, std::string(name_of(plan.instructions)));
  hdf5::Location genes = file.create_group(layout::genes);
  genes.write_strings(layout::name, matrix.gene_names());
  genes.write_strings(layout::id, matrix.gene_ids());
  create_cells(file, matrix);
  write_obs(file, plan.obs);
  if (plan.singles.any()) create_singles(file, matrix, plan);
  if (plan.singles.any() && plan.base != Base::fitted) write_observed(file, profiles, plan);
  if (matrix.covariate_width() > 0) write_covariates_of(file, matrix);
  if (plan.doubles.any()) note_keeping(file, plan.keeping);
  if (plan.stores_all_pairs()) create_pairs(file, PairIndex(matrix, plan.targets), plan.doubles);
  if (plan.stores_summary()) summary_layout::create(file, plan, matrix);
  if (plan.list) create_list(file, *plan.list, plan.listed);
  if (options.kept) create_kept(file, *options.kept, plan.doubles);
  write_direction(file, plan);
  write_model_notes(file, options.notes);
  create_progress(file, matrix, plan, provenance, options);
  file.flush();
  file.close();
}

ScreenOrigin read_origin(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  ScreenOrigin origin{hdf5::read_header(file, layout::kind), {}};
  if (file.has_attribute(layout::training_seconds))
    origin.training_seconds = file.real_attribute(layout::training_seconds);
  return origin;
}

void complete_screen_file(const std::filesystem::path& path, const ScreenEnd& end) {
  const auto change = [&](auto work) {
    hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
    work(file);
    file.close();
  };
  change([&](hdf5::File& file) {
    file.set(layout::screen_seconds, end.seconds);
    file.set(layout::resumed, std::int64_t{end.is_resumed ? 1 : 0});
    file.set(layout::ranks_at_end, end.ranks);
    const std::string now = utc_now();
    file.set_fixed(layout::finished, now, now.size());
    file.set_fixed(layout::job_at_end, end.job, longest_job);
  });
  // Only when the rest is there.
  change([&](hdf5::File& file) { file.set(layout::complete, std::int64_t{1}); });
}

/// The arrays that are written, and their records.
struct ScreenWriter::Arrays {
  std::map<std::pair<ScoreArray, Score>, hdf5::Dataset> scores;
  std::map<ScoreArray, BlockRecord> records;
};

ScreenWriter::ScreenWriter(ScreenWriter&&) noexcept = default;
ScreenWriter::~ScreenWriter() = default;

ScreenWriter::ScreenWriter(const std::filesystem::path& path, const Communicator& communicator,
                           const ScreenPlan& plan)
    : path_(path),
      ranks_(communicator),
      file_(open_on_all_ranks(path, communicator)),
      arrays_(std::make_unique<Arrays>()) {
  for (const ScoreArray array : every_array) {
    const ScoreSet stored = stored_scores(plan, array);
    if (!stored.any()) continue;
    arrays_->records.emplace(array, BlockRecord(file_, array));
    for (const Score score : every_score) {
      if (stored.has(score)) arrays_->scores.emplace(std::pair(array, score), scores_of(file_, array, score));
    }
  }
}

void ScreenWriter::write(ScoreArray array, std::int64_t first, const ScoreViews& scores) {
  constexpr double sync_every = 30;  // seconds
  const Stopwatch watch;
  for (const Score score : every_score) {
    const auto dataset = arrays_->scores.find({array, score});
    if (dataset != arrays_->scores.end()) dataset->second.write(first, scores[score]);
  }
  arrays_->records.at(array).note(first, scores);
  if (since_sync_.seconds() >= sync_every) {
    sync_file(path_);
    since_sync_ = {};
  }
  writing_seconds_ += watch.seconds();
}

void ScreenWriter::close() {
  arrays_.reset();
  close_on_all_ranks(file_, ranks_);
  sync_file(path_);
}

}  // namespace dko
