#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "dko/base/provenance.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/results/model_notes.hpp"

namespace dko {

/// Makes the file with all but the scores, for which it takes the space: attributes, names, events, notes.
/// Of selected pairs there is nothing yet (write_kept_pairs).
/// The file is whole and closed afterwards, so that writing scores changes no metadata. Local: rank 0.
/// @throws IoError
void create_screen_file(const std::filesystem::path& path, const ExpressionMatrix& matrix,
                        const ScreenPlan& plan, const Provenance& provenance, const ModelNotes& notes = {});

/// Notes in the file that all scores are there and how long it took. Local: rank 0, after every rank has
/// closed its ScreenWriter. @throws IoError
void complete_screen_file(const std::filesystem::path& path, std::optional<double> training_seconds,
                          double screen_seconds);

/// The score arrays of a screen file, open for all ranks at once through the MPI driver of HDF5. Each write
/// is one contiguous hyperslab, independent of the other ranks.
class ScreenWriter final : public ScoreSink {
 public:
  /// Collective. @throws IoError
  ScreenWriter(const std::filesystem::path& path, const Communicator& communicator, const ScreenPlan& plan);

  /// Local. @throws IoError
  void write(ScoreArray array, Score score, std::int64_t first, std::span<const float> values) override;

  /// Collective. @throws IoError: the last of the scores may reach the disk only now.
  void close();

 private:
  hdf5::File file_;
  std::map<std::pair<ScoreArray, Score>, hdf5::Dataset> datasets_;
};

}  // namespace dko
