#pragma once

#include "dko/parallel/communicator.hpp"

namespace dko {

/// What an allreduce takes, by the usual model of a ring that carries the bytes and a tree that carries the
/// messages: P ranks and B bytes on each take
///
///     t = 2 ⌈log2 P⌉ α + 2 (P−1)/P B β
///
/// (Thakur, Rabenseifner, Gropp 2005, "Optimization of collective communication operations in MPICH"; the
/// additions count as part of β). It knows nothing of nodes, of links that ranks share, and of how MPI
/// chooses its algorithms: good for the order of magnitude.
struct AllreduceModel {
  double latency = 0;           ///< α, seconds a message
  double seconds_per_byte = 0;  ///< β

  /// 0 on one rank. Local.
  double seconds(double bytes, int ranks) const;
};

/// An allreduce of this size took as long.
struct AllreduceTime {
  double bytes = 0;
  double seconds = 0;
};

/// The model that gives both times on `ranks` ≥ 2 ranks, if `large` has more bytes than `small`; a constant
/// that would be negative, for times are never exact, is 0. Local.
AllreduceModel fit_allreduce(const AllreduceTime& small, const AllreduceTime& large, int ranks);

/// Fits the model to medians of what small (4 bytes) and large allreduces (16 MiB) of floats take between
/// these ranks, 2 or more, the slowest rank's time each; takes about a second. The same on every rank.
/// Collective.
AllreduceModel measured_between(const Communicator& ranks);

}  // namespace dko
