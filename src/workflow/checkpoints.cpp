#include "dko/workflow/checkpoints.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include "dko/base/checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/mapping/training_record_file.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "dko/training/two_layer/checkpoint.hpp"
#include "dko/training/two_layer/training_settings.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> files_of(const ModelOptions& options) {
  std::vector<fs::path> files;
  for (std::int64_t member = 0; member < options.made(); ++member)
    files.push_back(member_checkpoint(options.checkpoint.file, member));
  return files;
}

/// Size of one file.
double bytes_of_one(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options) {
  if (options.kind == MappingKind::sparse) return fit_checkpoint_bytes(matrix);
  return checkpoint_bytes(mapping_shape(matrix, options.training), options.training.steps,
                          !split.validation.empty());
}

void remove_checkpoint(const fs::path& file, const ModelOptions& options, Log& log) {
  std::error_code error;
  if (fs::remove(followed(file), error))
    log.info("{}: removed: the {} is complete", file.string(), work_of(options));
  else if (error)
    log.warn("{}: cannot be removed: {}", file.string(), error.message());
  // What a job that was killed while it wrote left, where this one had no checkpoint to write.
  fs::remove(followed(file).concat(".partial"), error);
}

/// What two jobs of one training state alike.
auto origin_of(const Provenance& provenance) {
  return std::tuple(provenance.seed, provenance.input_checksum, provenance.selection, provenance.covariates,
                    provenance.covariates_checksum, provenance.prior);
}

/// Whether a file is a checkpoint of this training. Members have settings of their own, and share the rest.
bool is_of(const fs::path& path, std::int64_t member, const ModelOptions& options, const Split& split,
           const Provenance& provenance) {
  try {
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::watch);
    const bool is_sparse = options.kind == MappingKind::sparse;
    if (origin_of(hdf5::read_header(file, is_sparse ? fit_checkpoint_kind : checkpoint_kind)) !=
        origin_of(provenance))
      return false;
    if (is_sparse) {
      const hdf5::Location fit = file.group("fit");
      const std::vector<std::int64_t> cells = cells_to_learn_from(split, options, member);
      Checksum of_cells;
      of_cells.add(std::span<const std::int64_t>(cells));
      return fit.integer_attribute("levels") == (options.levels ? 1 : 0) &&
             fit.text_attribute("cells_checksum") == of_cells.text();
    }
    const hdf5::Location training = file.group("training");
    const TrainingOptions& asked = options.training;
    const bool is_as_wide = asked.hidden == 0 || asked.hidden == training.integer_attribute("hidden");
    return is_as_wide && training.integer_attribute("steps_asked") == asked.steps &&
           (member > 0 || !changed_setting(read_training_record(training), settings_record(asked, split),
                                           asked.validate_every != 0));
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace

const char* work_of(const ModelOptions& options) {
  return options.kind == MappingKind::sparse ? "fit" : "training";
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

std::vector<OutputLock> lock_checkpoints(const ModelOptions& options) {
  std::vector<OutputLock> locks;
  if (options.checkpoint.file.empty()) return locks;
  for (const fs::path& file : files_of(options)) {
    locks.emplace_back(followed(file)).confirm();
  }
  return locks;
}

void require_new_checkpoints(const ModelOptions& options, bool force) {
  if (options.checkpoint.file.empty()) return;
  for (const fs::path& file : files_of(options)) {
    require_file_name(file);
    if (!is_there(file) || options.checkpoint.resume || force) continue;
    throw UsageError(fmt::format("{} exists: give {} to go on from it, or {} to replace it", file.string(),
                                 parameter("resume"), parameter("force")));
  }
}

void prepare_checkpoints(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                         bool force, DiskNeeds& disk, Log& log) {
  const CheckpointOptions& checkpoint = options.checkpoint;
  if (checkpoint.file.empty()) return;
  const double of_one = bytes_of_one(matrix, split, options);
  require_new_checkpoints(options, force);
  double needed = 0;
  for (const fs::path& file : files_of(options)) {
    // A new checkpoint is written beside the older.
    needed += (is_there(file) ? 1 : 2) * of_one;
  }
  disk.add(checkpoint.file, needed, "checkpoints", "; " + parameter("checkpoint", "none") + " does without");
  if (checkpoint.resume && !is_there(checkpoint.file))
    log.info("{}: does not exist yet: the {} starts at the beginning", checkpoint.file.string(),
             work_of(options));
}

void prepare_for_training(ModelOptions& mapping, Job& job) {
  CheckpointOptions& options = mapping.checkpoint;
  if (options.file.empty()) return;
  options.provenance = job.provenance;
  // Only rank 0 has read the data, and other ranks may lead the training of a member.
  Provenance& provenance = options.provenance;
  for (std::string* text : {&provenance.input, &provenance.input_checksum, &provenance.selection,
                            &provenance.covariates, &provenance.covariates_checksum, &provenance.prior})
    job.ranks().broadcast(*text);
  const char* unit = mapping.kind == MappingKind::sparse ? "fit" : "step";
  options.on_resume = [&log = job.log, unit](const fs::path& file, std::int64_t done,
                                             std::int64_t validate_every) {
    log.info("{}: resuming after {}{}", file.string(), counted(done, unit),
             validate_every > 1 ? fmt::format(", validating every {}", counted(validate_every, "step")) : "");
  };
  options.on_save = [&log = job.log, unit](const fs::path& file, std::int64_t done, double seconds) {
    log.detail("{}: written after {}, in {}", file.string(), counted(done, unit), human_seconds(seconds));
  };
}

void remove_checkpoints(const ModelOptions& options, Log& log) {
  if (options.checkpoint.file.empty()) return;
  for (const fs::path& file : files_of(options)) remove_checkpoint(file, options, log);
}

void discard_checkpoints(const ModelOptions& options) {
  if (options.checkpoint.file.empty()) return;
  std::error_code ignored;
  for (const fs::path& file : files_of(options)) fs::remove(followed(file), ignored);
}

void remove_left_checkpoints(const ModelOptions& options, const Split& split, const Provenance& provenance,
                             Log& log) {
  if (options.checkpoint.file.empty()) return;
  const std::vector<fs::path> files = files_of(options);
  for (std::int64_t member = 0; member < std::ssize(files); ++member) {
    const fs::path& file = files[static_cast<std::size_t>(member)];
    if (!is_there(file) || is_of(file, member, options, split, provenance))
      remove_checkpoint(file, options, log);
    else
      log.warn("{}: is no checkpoint of this job, and stays: the model is there already", file.string());
  }
}

}  // namespace dko
