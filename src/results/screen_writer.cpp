#include "dko/results/screen_writer.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include "dko/base/text.hpp"
#include "dko/knockout/event_index.hpp"
#include "dko/parallel/mpi_access.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

/// single/: the targets once, and under single/impact an anndata csr_matrix that shares them.
void create_singles(hdf5::File& file, const ExpressionMatrix& matrix, const KnockoutTargets& targets) {
  hdf5::Location single = file.create_group(layout::single);
  single.write(layout::indptr, targets.starts());
  single.write(layout::indices, targets.genes());
  hdf5::Location impact = single.create_group(layout::impact);
  impact.create(layout::data, hdf5::Type::f32, {targets.total()});
  impact.hard_link(single, layout::indptr, layout::indptr);
  impact.hard_link(single, layout::indices, layout::indices);
  impact.set_encoding("", "csr_matrix", "0.1.0");
  impact.set("shape", std::vector<std::int64_t>{matrix.cells(), matrix.genes()});
}

void create_pairs(hdf5::File& file, const PairIndex& index) {
  hdf5::Location pairs = file.create_group(layout::double_);
  pairs.write(layout::indptr, index.starts());
  pairs.create(layout::impact, hdf5::Type::f32, {index.total()});
  for (const char* name : {layout::indptr, layout::impact}) pairs.set_encoding(name, "array", "0.2.0");
}

void create_list(hdf5::File& file, const EventList& events) {
  hdf5::Location list = file.create_group(layout::list);
  list.write(layout::event_genes, events.all_genes(), {events.size(), events.order()});
  list.write(layout::event_cell, events.all_cells());
  list.create(layout::impact, hdf5::Type::f32, {events.size()});
  for (const char* name : {layout::event_genes, layout::event_cell, layout::impact}) {
    list.set_encoding(name, "array", "0.2.0");
  }
}

/// The MPI driver for several ranks, the plain one for a rank alone.
hdf5::Handle file_access(const Communicator& communicator) {
  hdf5::prepare_library();
  hdf5::Handle access(hdf5::check(H5Pcreate(H5P_FILE_ACCESS), "HDF5 file access"), H5Pclose);
  if (const MPI_Comm comm = MpiAccess::native(communicator); comm != MPI_COMM_NULL) {
    hdf5::check(H5Pset_fapl_mpio(access.id(), comm, MPI_INFO_NULL), "HDF5 MPI driver");
  }
  return access;
}

}  // namespace

double screen_file_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  constexpr double fixed = 1 << 20;
  double bytes = fixed;
  for (const Names* names : {&matrix.gene_names(), &matrix.cell_names()}) {
    for (const std::string& name : *names) bytes += static_cast<double>(name.size()) + 32;
  }
  if (plan.singles) bytes += 8.0 * static_cast<double>(plan.targets.total() + matrix.cells());
  if (plan.doubles) {
    bytes += 4.0 * static_cast<double>(PairIndex(matrix, plan.targets).total()) +
             8.0 * static_cast<double>(matrix.cells());
  }
  if (plan.list) bytes += 4.0 * static_cast<double>(plan.list->size() * (plan.list->order() + 2));
  return bytes;
}

void create_screen_file(const std::filesystem::path& path, const ExpressionMatrix& matrix,
                        const ScreenPlan& plan, const Provenance& provenance) {
  hdf5::File file = hdf5::File::create(path);
  hdf5::write_header(file, layout::kind, provenance);
  file.set("complete", std::int64_t{0});
  hdf5::Location genes = file.create_group(layout::genes);
  genes.write_strings(layout::name, matrix.gene_names());
  genes.hard_link(genes, layout::name, layout::id);
  file.create_group(layout::cells).write_strings(layout::name, matrix.cell_names());
  if (plan.singles) create_singles(file, matrix, plan.targets);
  if (plan.doubles) create_pairs(file, PairIndex(matrix, plan.targets));
  if (plan.list) create_list(file, *plan.list);
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
    : file_(hdf5::File::open_with(path, file_access(communicator), communicator.size() > 1)) {
  if (plan.singles) singles_ = file_.group(layout::single).group(layout::impact).dataset(layout::data);
  if (plan.doubles) pairs_ = file_.group(layout::double_).dataset(layout::impact);
  if (plan.list) list_ = file_.group(layout::list).dataset(layout::impact);
}

void ScreenWriter::write(ScoreArray array, std::int64_t first, std::span<const float> scores) {
  switch (array) {
    case ScoreArray::singles:
      singles_->write(first, scores);
      break;
    case ScoreArray::pairs:
      pairs_->write(first, scores);
      break;
    case ScoreArray::list:
      list_->write(first, scores);
      break;
  }
}

void ScreenWriter::close() {
  singles_.reset();
  pairs_.reset();
  list_.reset();
  file_.close();
}

}  // namespace dko
