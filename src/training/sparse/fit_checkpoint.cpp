#include "fit_checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dko/base/block_checksum.hpp"
#include "dko/base/checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/parameter.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "gene_records.hpp"
#include "training/checkpoint_refusal.hpp"

namespace dko {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t alignment = std::int64_t{1} << 20;  // of large arrays
constexpr double bytes_of_notes = 65536 + 6.0 * alignment;
constexpr const char* last_group = "last";
constexpr const char* now_group = "now";
constexpr const char* weights_group = "weights";

GeneRows<double> rows_of(const FitsOfGenes& of_genes) {
  GeneRows<double> rows;
  for (std::size_t at = 0; at < of_genes.genes.size(); ++at)
    rows.add(of_genes.genes[at], to_row(of_genes.fits[at]));
  return rows;
}

GeneRows<float> rows_of(const std::vector<std::int32_t>& genes,
                        const std::vector<std::vector<float>>& weights) {
  GeneRows<float> rows;
  for (std::size_t at = 0; at < genes.size(); ++at) rows.add(genes[at], weights[at]);
  return rows;
}

void write_notes(hdf5::Location& fit, const FitNotes& notes) {
  fit.set("method", fit_method);
  fit.set("seed", notes.seed);
  fit.set("genes", notes.genes);
  fit.set("levels", std::int64_t{notes.levels});
  fit.set("prior", notes.prior);
  fit.set("prior_signs", std::int64_t{notes.prior_signs});
  fit.set("profiles_checksum", notes.data.profiles);
  fit.set("genes_checksum", notes.data.genes);
  fit.set("cells_checksum", notes.data.cells);
  fit.set("covariates_checksum", notes.data.covariates);
  fit.set("level_genes_checksum", notes.data.level_genes);
}

/// Covers what the attributes tell of a state: HDF5 keeps them without a checksum.
std::uint64_t checksum_of_attributes(const FitState& state) {
  const std::array<std::int64_t, 5> numbers{state.stage, state.fits, state.fits_asked,
                                            state.components.factors, state.factors};
  RunningChecksum sum;
  sum.add(std::span<const std::int64_t>(numbers));
  sum.add(std::span<const double>(&state.prior_factor, 1));
  return sum.value();
}

void write_progress(hdf5::Location& fit, const FitState& state) {
  fit.set("stage", state.stage);
  fit.set("fits", state.fits);
  fit.set("fits_asked", state.fits_asked);
  fit.set("components", state.components.factors);
  fit.set("factors", state.factors);
  fit.set("prior_factor", state.prior_factor);
  fit.set("state_checksum", checksum_of_attributes(state));
  const auto write = [&](const char* name, const std::vector<double>& values) {
    if (!values.empty()) fit.write(name, std::span<const double>(values));
  };
  write("loadings", state.components.loadings);
  write("centre", state.components.centre);
  write("choices", state.choices);
  write("errors", state.errors);
}

[[noreturn]] void refuse(const hdf5::File& file, const std::string& why) {
  refuse_checkpoint(file, "a fit with the data and options", why);
}

void require_same_fit(const hdf5::File& file, const FitNotes& expected) {
  const hdf5::Location fit = file.group("fit");
  const auto require = [&](const std::string& what, const auto& then, const auto& now) {
    if (then != now)
      refuse(file, fmt::format("belongs to another fit: {} was {} and is {} now", what, then, now));
  };
  const auto require_same = [&](const char* attribute, const std::string& checksum, const char* what) {
    if (fit.text_attribute(attribute) != checksum) refuse(file, fmt::format("belongs to a fit {}", what));
  };
  const auto is_given = [](bool given) { return std::string(given ? "given" : "not given"); };
  if (fit.integer_attribute("method") != fit_method)
    refuse(file, "belongs to a fit by another version's method");
  require_same("genes_checksum", expected.data.genes, "on other genes");
  require_same("profiles_checksum", expected.data.profiles, "on other data");
  require_same("cells_checksum", expected.data.cells, "to other cells, as another member or seed has them");
  require(parameter("seed"), fit.unsigned_attribute("seed"), expected.seed);
  require(parameter("levels"), is_given(fit.integer_attribute("levels") != 0), is_given(expected.levels));
  require_same("prior", expected.prior, "with another prior, or with none");
  require("holding to the signs of the prior", fit.integer_attribute("prior_signs") != 0,
          expected.prior_signs);
  require_same("covariates_checksum", expected.data.covariates, "with other covariates, or with none");
  require_same("level_genes_checksum", expected.data.level_genes,
               "with other genes that enter by their level");
}

std::vector<double> read_if_there(const hdf5::Location& fit, const char* name) {
  if (!fit.has_dataset(name)) return {};
  fit.dataset(name).require_intact();
  return fit.read<double>(name);
}

FitsOfGenes fits_of(GeneRows<double> rows, std::int64_t responses, std::int64_t genes,
                    const std::string& place) {
  FitsOfGenes found;
  for (std::size_t at = 0; at < rows.genes.size(); ++at)
    found.fits.push_back(from_row(rows.row(at), responses, genes, place));
  found.genes = std::move(rows.genes);
  return found;
}

std::string place_of(const fs::path& path, const char* group) {
  return path.string() + ":/" + group;
}

/// What every rank takes: all but rows of its own genes.
struct CommonState {
  FitState state;
  GeneRows<double> last;
};

/// Local.
CommonState read_common(const hdf5::File& file, const FitNotes& expected) {
  const hdf5::Location fit = file.group("fit");
  FitState state;
  state.stage = fit.integer_attribute("stage");
  state.fits = fit.integer_attribute("fits");
  state.fits_asked = fit.integer_attribute("fits_asked");
  state.factors = fit.integer_attribute("factors");
  state.prior_factor = fit.real_attribute("prior_factor");
  state.components.factors = fit.integer_attribute("components");
  if (fit.unsigned_attribute("state_checksum") != checksum_of_attributes(state))
    throw InputError(
        fmt::format("{}: the checksum of its attributes does not match: it is corrupt", fit.place()));
  state.components.loadings = read_if_there(fit, "loadings");
  state.components.centre = read_if_there(fit, "centre");
  state.choices = read_if_there(fit, "choices");
  state.errors = read_if_there(fit, "errors");
  if (state.components.factors < 0 || state.factors < 0 || state.factors > state.components.factors ||
      std::ssize(state.components.centre) != state.components.factors ||
      std::ssize(state.components.loadings) != state.components.factors * expected.genes)
    throw InputError(fmt::format("{}: the cells' state is not of the genes: it is corrupt", file.path()));
  return {std::move(state), read_rows<double>(file, last_group, expected.genes)};
}

/// From rank 0. Collective.
void broadcast(CommonState& common, const Communicator& ranks) {
  FitState& state = common.state;
  for (std::int64_t* number :
       {&state.stage, &state.fits, &state.fits_asked, &state.factors, &state.components.factors})
    ranks.broadcast(*number);
  ranks.broadcast(state.prior_factor);
  for (std::vector<double>* values : {&state.components.loadings, &state.components.centre, &state.choices,
                                      &state.errors, &common.last.values})
    ranks.broadcast(*values);
  ranks.broadcast(common.last.genes);
  ranks.broadcast(common.last.starts);
}

/// Adds the rows of `own` genes. Local.
void read_own(const hdf5::File& file, const FitNotes& expected, std::span<const std::int32_t> own,
              FitState& state) {
  std::vector<bool> wanted(static_cast<std::size_t>(expected.genes), false);
  for (const std::int32_t gene : own) wanted[static_cast<std::size_t>(gene)] = true;
  state.now = fits_of(read_rows<double>(file, now_group, expected.genes, &wanted),
                      expected.covariates + state.factors, expected.genes, place_of(file.path(), now_group));
  GeneRows<float> weights = read_rows<float>(file, weights_group, expected.genes, &wanted);
  for (std::size_t at = 0; at < weights.genes.size(); ++at) {
    const auto row = weights.row(at);
    state.weights.emplace_back(row.begin(), row.end());
  }
  state.weighted = std::move(weights.genes);
}

/// Bytes of the state of all ranks. Collective.
double bytes_of(const FitState& state, const GeneRows<double>& last, const GeneRows<double>& now,
                const GeneRows<float>& weights, const Communicator& ranks) {
  constexpr double of_gene = 24;
  const double rows = static_cast<double>(last.genes.size() + now.genes.size() + weights.genes.size());
  const double values = 8.0 * static_cast<double>(last.values.size() + now.values.size()) +
                        4.0 * static_cast<double>(weights.values.size());
  const double on_root = 8.0 * static_cast<double>(state.components.loadings.size() + state.choices.size() +
                                                   state.errors.size());
  return ranks.sum(of_gene * rows + values) + on_root + bytes_of_notes;
}

}  // namespace

FitChecksums fit_checksums(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                           std::span<const std::int32_t> level_genes) {
  Checksum names;
  for (const std::string& name : profiles.gene_names()) names.add(name);
  Checksum of_cells;
  of_cells.add(cells);
  Checksum levels;
  levels.add(level_genes);
  return {profiles.checksum(), names.text(), of_cells.text(), profiles.covariates_checksum(), levels.text()};
}

void write_fit_checkpoint(const fs::path& path, const Provenance& provenance, const FitNotes& notes,
                          const FitState& state, const Communicator& ranks) {
  const GeneRows<double> of_last = rows_of(state.last);
  const GeneRows<double> of_now = rows_of(state.now);
  const GeneRows<float> of_weights = rows_of(state.weighted, state.weights);
  const SharedRows last(of_last, last_group, ranks);
  const SharedRows now(of_now, now_group, ranks);
  const SharedRows weights(of_weights, weights_group, ranks);
  const double bytes = bytes_of(state, of_last, of_now, of_weights, ranks);
  AtRoot<OutputFile> output = on_root(ranks, [&] { return OutputFile::within_job(path); });
  const std::string partial =
      ranks.broadcast(output.transform([](const OutputFile& file) { return file.partial_path().string(); }));
  on_root(ranks, [&] {
    require_disk_space(partial, bytes, "checkpoints");
    hdf5::File file = hdf5::File::create(partial, alignment);
    hdf5::write_header(file, fit_checkpoint_kind, provenance);
    hdf5::Location fit = file.create_group("fit");
    write_notes(fit, notes);
    write_progress(fit, state);
    last.create(file);
    now.create(file);
    weights.create(file);
    file.flush();
    file.close();
  });
  hdf5::File file = open_on_all_ranks(partial, ranks);
  on_every_rank(ranks, [&] {
    // All are opened before any is written: a rank that fails to write has then read with the others.
    auto to_last = last.open(file);
    auto to_now = now.open(file);
    auto to_weights = weights.open(file);
    last.write(to_last);
    now.write(to_now);
    weights.write(to_weights);
  });
  // What other nodes wrote must be on the disk, too, before the file gets its name.
  flush_on_all_ranks(file, ranks);
  close_on_all_ranks(file, ranks);
  on_root(ranks, [&] { output->commit(); });
}

FitState read_fit_checkpoint(const fs::path& path, const FitNotes& expected,
                             std::span<const std::int32_t> own, const Communicator& ranks) {
  CommonState common = on_root(ranks, [&] {
                         const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
                         hdf5::read_header(file, fit_checkpoint_kind);
                         require_same_fit(file, expected);
                         return read_common(file, expected);
                       }).or_empty();
  broadcast(common, ranks);
  FitState& state = common.state;
  on_every_rank(ranks, [&] {
    state.last = fits_of(std::move(common.last), expected.covariates + state.factors, expected.genes,
                         place_of(path, last_group));
    read_own(hdf5::File::open(path, hdf5::Access::read), expected, own, state);
  });
  return std::move(state);
}

FitProgress fit_progress(const hdf5::File& checkpoint) {
  const hdf5::Location fit = checkpoint.group("fit");
  return {fit.integer_attribute("fits"), fit.integer_attribute("fits_asked")};
}

std::vector<hdf5::BlockSums> fit_checkpoint_sums(const hdf5::File& checkpoint) {
  std::vector<hdf5::BlockSums> all;
  for (const std::string name : {last_group, now_group, weights_group}) {
    if (!checkpoint.has_group(name)) continue;
    all.push_back({name + "/values", name + "/checksums", checkpoint.group(name).read<std::int64_t>("starts"),
                   "value"});
  }
  return all;
}

double fit_saving_bytes(const ExpressionMatrix& matrix, double ranks) {
  constexpr double copies = 2;
  constexpr double of_gene = 2000;  // a hundred effects
  return copies * (4.0 * static_cast<double>(matrix.nonzeros()) / ranks +
                   of_gene * static_cast<double>(matrix.genes()));
}

double fit_checkpoint_bytes(const ExpressionMatrix& matrix) {
  constexpr double of_gene = 2 * 4000;
  return of_gene * static_cast<double>(matrix.genes()) + 4.0 * static_cast<double>(matrix.nonzeros()) +
         bytes_of_notes;
}

}  // namespace dko
