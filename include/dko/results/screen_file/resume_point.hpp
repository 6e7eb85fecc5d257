#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/provenance.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// What a screen file that is not finished lacks.
struct ResumePoint {
  std::string job;                 ///< tells the file from others of the same screen
  bool is_complete = false;        ///< it lacks nothing but its name
  PendingEvents work;              ///< in the file's blocks; all selected pairs, which are not in the file
  std::vector<EventRange> firsts;  ///< of a summary: places of first genes whose pairs are not there
  std::int64_t damaged = 0;  ///< blocks and rows that are not what is on record, and are to be done again
};

/// The instructions that a screen file was begun with. Local. @throws InputError
InstructionSet instructions_of(const std::filesystem::path& path);

/// Finds out what of the plan is not in the file, which create_screen_file made: the ranks read all that is
/// on record and check it. `genes_of_pairs` are as many genes as a summary's pairs have (PairGenes), and 0 of
/// another screen. The same on every rank; `provenance` is significant only at root.
/// Collective. @throws CollectiveFailure of exit code 3 if the file is corrupt, or of another screen: of
/// other data, model, knockouts, scores, instructions or version of dko; it says which
ResumePoint read_left(const std::filesystem::path& path, const ScreenPlan& plan,
                      const ExpressionMatrix& matrix, std::int64_t genes_of_pairs,
                      const Provenance& provenance, const Communicator& ranks);

/// A score of all single knockouts, as the file has it: what interactions are found from. Local.
std::vector<float> read_singles(const std::filesystem::path& path, Score score);

/// All single knockouts from the file at `path` into another of the same screen, in whole blocks. Collective.
void copy_singles(const std::filesystem::path& path, ScoreSink& to, const ScreenPlan& plan,
                  const ArrayWork& blocks, const Communicator& ranks);

}  // namespace dko
