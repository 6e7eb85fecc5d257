#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "dko/base/provenance.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/results/model_notes.hpp"

namespace dko {

/// What else goes into a screen file when it is made.
struct ScreenFileOptions {
  ModelNotes notes = {};
  std::optional<double> training_seconds = {};
  const PendingEvents* blocks = nullptr;  ///< of whose blocks there is a record; null: as for one rank
  std::optional<std::int64_t> kept = {};  ///< pairs that were selected, for which there is to be room
  std::string job = {};  ///< name of the job, by which its saved states are known; empty: a new one
};

/// Makes the file with all but the scores, for which it takes the space: attributes, names, events, notes,
/// and a record of blocks with nothing on it; of another base than the fitted one also what it was made of,
/// beside the single knockouts. Of selected pairs there is room only if it is told how many.
/// The file is whole and closed afterwards, so that writing scores changes no metadata. Local: rank 0.
/// @throws IoError
void create_screen_file(const std::filesystem::path& path, const RelativeProfiles& profiles,
                        const ScreenPlan& plan, const Provenance& provenance,
                        const ScreenFileOptions& options = {});

/// Whence a screen file comes: of the job that began it.
struct ScreenOrigin {
  Provenance provenance;
  std::optional<double> training_seconds = {};
};
/// Reads it, also from an unfinished file. Local. @throws InputError
ScreenOrigin read_origin(const std::filesystem::path& path);

/// How a screen came to its end.
struct ScreenEnd {
  double seconds = 0;  ///< of the job that ended it
  bool is_resumed = false;
  std::int64_t ranks = 1;
  std::string job = {};  ///< of the scheduler, as Provenance has it
};

/// Notes in the file that all scores are there. Nothing but the values of attributes changes, so that the
/// file is readable whenever the job is killed. Local: rank 0, after every rank has closed its ScreenWriter.
/// @throws IoError
void complete_screen_file(const std::filesystem::path& path, const ScreenEnd& end);

/// The score arrays of a screen file, open for all ranks at once through the MPI driver of HDF5. Each write
/// is one contiguous hyperslab for each score, independent of the other ranks, and then, when the scores are
/// there, their blocks are put on record.
class ScreenWriter final : public ScoreSink {
 public:
  /// Collective. @throws IoError
  ScreenWriter(const std::filesystem::path& path, const Communicator& communicator, const ScreenPlan& plan);
  ~ScreenWriter() override;
  ScreenWriter(ScreenWriter&&) noexcept;

  /// Now and then what this rank has written is also made to reach the disk. Local. @throws IoError
  void write(ScoreArray array, std::int64_t first, const ScoreViews& scores) override;

  /// That write() has taken on this rank so far.
  double writing_seconds() const { return writing_seconds_; }

  /// All of it is on the disk afterwards. Collective. @throws IoError
  void close();

 private:
  struct Arrays;
  std::filesystem::path path_;
  Communicator ranks_;
  hdf5::File file_;
  std::unique_ptr<Arrays> arrays_;
  Stopwatch since_sync_;
  double writing_seconds_ = 0;
};

}  // namespace dko
