#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "dko/base/provenance.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/hdf5/verify.hpp"
#include "dko/mapping/mapping.hpp"

namespace dko {

/// Where and when the state of a training, or of a sparse fit, is written, so that it can go on after its job
/// was killed. What are steps here are genes of a fit.
struct CheckpointOptions {
  std::filesystem::path file;  ///< empty: nowhere
  double every = 600;   ///< seconds between checkpoints, by rank 0's clock; 0: after every step, of a fit at
                        ///< most every 0.03 s
  bool resume = false;  ///< goes on from the file if it is there
  bool save_last = false;  ///< saves the last state too, for what comes after the training may fail
  /// Asked after a step, now and then: whether this rank wants the training to stop. It then saves its state
  /// and throws on all of its ranks. Local.
  std::function<bool()> stop;
  Provenance provenance;  ///< what files state; that of rank 0 of those that train counts
  /// Told on rank 0 of those that train: the file, steps or fits made before, and validate_every (1 of a
  /// fit).
  std::function<void(const std::filesystem::path& file, std::int64_t steps, std::int64_t validate_every)>
      on_resume;
  /// Told on rank 0 of those that train: the file, steps made, and the seconds that writing it took.
  std::function<void(const std::filesystem::path& file, std::int64_t steps, double seconds)> on_save;
};

inline constexpr hdf5::FileKind checkpoint_kind{"dko checkpoint", 2};

/// The file of a member of an ensemble: FILE of the first, FILE.member1 of the second, and so on.
std::filesystem::path member_checkpoint(const std::filesystem::path& file, std::int64_t member);

/// What the rows of its arrays are checked by. Local. @throws InputError
std::vector<hdf5::BlockSums> checkpoint_sums(const hdf5::File& file);

/// Approximate size of a checkpoint in bytes. A new one is beside the older until it is complete.
/// @param keeps whether there is validation, and so a second set of weights
double checkpoint_bytes(MappingShape shape, std::int64_t steps, bool keeps);

}  // namespace dko
