#include "dko/parallel/exchange.hpp"

#include <algorithm>

#include "dko/parallel/mpi_access.hpp"

namespace dko {

namespace {

constexpr int tag = 1;

/// Calls start(from, count, rank) for messages with every other rank, `counts` bytes from `data` on.
template <class Byte, class Start>
void for_each_message(Byte* data, std::span<const std::int64_t> counts, int self, Start start) {
  for (std::size_t rank = 0; rank < counts.size(); ++rank) {
    const std::int64_t count = counts[rank];
    for (std::int64_t done = 0; done < count && static_cast<int>(rank) != self; done += most_at_once)
      start(data + done, static_cast<int>(std::min(most_at_once, count - done)), static_cast<int>(rank));
    data += count;
  }
}

}  // namespace

// Not MPI_Alltoallv: its places are ints, and most of thousands of ranks may have nothing for each other.
void exchange_bytes(const std::byte* values, std::span<const std::int64_t> counts, std::byte* received,
                    std::span<const std::int64_t> from, const Communicator& ranks) {
  if (!ranks.is_mpi()) return;
  MPI_Comm const comm = MpiAccess::native(ranks);
  std::vector<MPI_Request> requests;
  for_each_message(received, from, ranks.rank(), [&](std::byte* to, int count, int rank) {
    check_mpi(MPI_Irecv(to, count, MPI_BYTE, rank, tag, comm, &requests.emplace_back(MPI_REQUEST_NULL)),
              "MPI_Irecv");
  });
  for_each_message(values, counts, ranks.rank(), [&](const std::byte* piece, int count, int rank) {
    check_mpi(MPI_Isend(piece, count, MPI_BYTE, rank, tag, comm, &requests.emplace_back(MPI_REQUEST_NULL)),
              "MPI_Isend");
  });
  // One after the other: a wait for all has no error of its own for each.
  for (MPI_Request& request : requests) check_mpi(MPI_Wait(&request, MPI_STATUS_IGNORE), "MPI_Wait");
}

}  // namespace dko
