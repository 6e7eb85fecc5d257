#pragma once
// The file of a checkpoint. Shared by this room's sources only.
//
//   attributes   format "dko checkpoint", version and provenance
//   training/    settings, figures and curves as in model.h5, as of the last step made; attributes
//                steps_asked, hidden, instruction_set, and checksums: profiles_checksum, genes_checksum,
//                split_checksum
//   weights/     w1 and w2 of H × N (hidden unit by gene), b1 of H, b2 of N; the same in first_moment/,
//                second_moment/ and, where there is validation, kept/; beside them w1_checksums,
//                w2_checksums and b1_checksums, u64[H]: block_checksum() of each row
//
// The units of any rank are neighbouring rows, however many ranks there are.

#include <cstdint>
#include <filesystem>
#include <string>

#include "dko/base/provenance.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/system/instruction_set.hpp"
#include "dko/training/split.hpp"
#include "hidden_units.hpp"
#include "output_bias.hpp"

namespace dko {

/// What tells whether data are those that a training began with.
struct DataChecksums {
  std::string profiles;
  std::string genes;
  std::string split;
};
/// Local.
DataChecksums data_checksums(const RelativeProfiles& profiles, const Split& split);

/// What a checkpoint says of the training that it is of.
struct CheckpointNotes {
  MappingShape shape;
  TrainingRecord record;  ///< as of the last step made
  std::int64_t steps_asked = 0;
  bool validates_as_planned = false;  ///< validate_every was not asked for: a checkpoint's own will do
  InstructionSet instructions = InstructionSet::portable;
  DataChecksums data;  ///< on rank 0

  bool keeps() const { return record.validation_cells > 0; }
};

/// Writes a checkpoint, the hidden units by their ranks, and when it is on the disk gives it the name of the
/// older, which stays whole until then. `own` blocks are this rank's to write; every unit must be some
/// rank's. Collective. @throws CollectiveFailure, on all ranks the same, of exit code 4 where it cannot be
/// written
void write_checkpoint(const std::filesystem::path& path, const Provenance& provenance,
                      const CheckpointNotes& notes, const HiddenUnits& units, RankShare own,
                      const OutputBias& bias, const Communicator& ranks);

/// Reads what was written on any number of ranks, in either form, into the units and biases; returns the
/// record. Nothing is read before rank 0 has seen that the file is of the training that `expected` is of:
/// the same data, cells and settings, but for the number of ranks and their form, patience, the instruction
/// set, more steps if the schedule is constant, and validate_every where it validates as planned. A row that
/// is not what was written is refused, array and row named. Collective.
/// @throws CollectiveFailure, on all ranks the same, of exit code 3; after one the units are of no use
TrainingRecord read_checkpoint(const std::filesystem::path& path, const CheckpointNotes& expected,
                               HiddenUnits& units, OutputBias& bias, const Communicator& ranks);

}  // namespace dko
