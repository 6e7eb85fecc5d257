#pragma once
// How quickly all ranks write scores, by a screen file and without one: what dko bench io measures.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "dko/knockout/screen/screen.hpp"
#include "dko/parallel/at_root.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// All pairs of a synthetic screen whose cells express 1,000 genes each: what is written each time.
struct ScoreVolume {
  std::int64_t cells = 1;

  std::int64_t scores() const;
  double bytes() const;  ///< 4 a score
};

/// The volume that is nearest to so many bytes, of one cell at least. Local.
ScoreVolume volume_of(double bytes);

/// Ways of writing the same bytes in the same pieces: a screen file, plain MPI-IO, plain writes.
inline constexpr std::array write_ways{"screen", "MPI-IO", "pwrite"};
inline constexpr std::size_t plain_way = 1;  ///< what the others are compared with

/// GB/s (1e9 bytes) of each way, all ranks together, one for each round.
using WriteRates = std::array<std::vector<double>, write_ways.size()>;

/// Bytes of a piece, as a screen writes them.
inline constexpr std::int64_t bytes_of_piece = sizeof(float) * scores_per_write;

/// Writes the volume to `path` by every way in turn, as often as there are rounds, each until the file system
/// says that all is on the disk. The file is there, is this job's, and is left with whatever was written
/// last. `path` is significant at root. Of a communicator of MPI (Communicator::is_mpi). The same on every
/// rank. Collective. @throws CollectiveFailure if rank 0 finds too little room on the disk, IoError
WriteRates measure_writing(const AtRoot<std::string>& path, const ScoreVolume& volume, std::int64_t rounds,
                           Job& job);

/// Median ratio of the rates of one round each, so that a disk's slow moments count for both. As many of
/// both, at least one. Local.
double ratio_to(const std::vector<double>& rates, std::vector<double> others);

}  // namespace dko
