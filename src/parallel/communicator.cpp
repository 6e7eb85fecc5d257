#include "dko/parallel/communicator.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <exception>
#include <limits>
#include <thread>

#include "dko/parallel/mpi_access.hpp"

namespace dko {

struct Communicator::Handle {
  MPI_Comm comm;
  int exceptions = std::uncaught_exceptions();

  explicit Handle(MPI_Comm adopted) : comm(adopted) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    // Freeing is collective: a rank that unwinds alone must not wait for the others here.
    int finalized = 0;
    if (std::uncaught_exceptions() > exceptions) return;
    if (MPI_Finalized(&finalized) == MPI_SUCCESS && finalized == 0) MPI_Comm_free(&comm);
  }
};

namespace {

MPI_Datatype native_type(Scalar type) {
  switch (type) {
    case Scalar::f32:
      return MPI_FLOAT;
    case Scalar::f64:
      return MPI_DOUBLE;
    case Scalar::i32:
      return MPI_INT32_T;
    case Scalar::i64:
      return MPI_INT64_T;
    case Scalar::u64:
      return MPI_UINT64_T;
    case Scalar::byte:
      return MPI_BYTE;
  }
  return MPI_DATATYPE_NULL;
}

std::int64_t bytes_of(Scalar type) {
  switch (type) {
    case Scalar::f32:
    case Scalar::i32:
      return 4;
    case Scalar::f64:
    case Scalar::i64:
    case Scalar::u64:
      return 8;
    case Scalar::byte:
      return 1;
  }
  return 0;
}

/// Calls `transfer(pointer, int count)` for pieces that MPI's int counts can hold.
template <class Transfer>
void in_pieces(void* data, std::int64_t count, Scalar type, Transfer transfer) {
  auto* bytes = static_cast<std::byte*>(data);
  for (std::int64_t done = 0; done < count; done += most_at_once) {
    transfer(bytes + done * bytes_of(type), static_cast<int>(std::min(most_at_once, count - done)));
  }
}

}  // namespace

Communicator MpiAccess::adopt(MPI_Comm comm) {
  Communicator communicator;
  communicator.handle_ = std::make_shared<const Communicator::Handle>(comm);
  check_mpi(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check_mpi(MPI_Comm_rank(comm, &communicator.rank_), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(comm, &communicator.size_), "MPI_Comm_size");
  return communicator;
}

MPI_Comm MpiAccess::native(const Communicator& communicator) {
  return communicator.handle_ ? communicator.handle_->comm : MPI_COMM_NULL;
}

Communicator Communicator::one_rank() {
  return {};
}

void Communicator::barrier() const {
  if (handle_) check_mpi(MPI_Barrier(handle_->comm), "MPI_Barrier");
}

void Communicator::idle_barrier() const {
  if (!handle_) return;
  MPI_Request request = MPI_REQUEST_NULL;
  check_mpi(MPI_Ibarrier(handle_->comm, &request), "MPI_Ibarrier");
  constexpr std::chrono::microseconds longest(5000);
  std::chrono::microseconds pause(50);
  for (;;) {
    int is_done = 0;
    check_mpi(MPI_Test(&request, &is_done, MPI_STATUS_IGNORE), "MPI_Test");
    if (is_done != 0) return;
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, longest);
  }
}

void Communicator::broadcast_raw(void* data, std::int64_t count, Scalar type, int root) const {
  if (!handle_) return;
  in_pieces(data, count, type, [&](void* piece, int piece_count) {
    check_mpi(MPI_Bcast(piece, piece_count, native_type(type), root, handle_->comm), "MPI_Bcast");
  });
}

void Communicator::reduce_raw(void* data, std::int64_t count, Scalar type, Reduction reduction) const {
  if (!handle_) return;
  const MPI_Op op = reduction == Reduction::sum ? MPI_SUM : MPI_MAX;
  in_pieces(data, count, type, [&](void* piece, int piece_count) {
    check_mpi(MPI_Allreduce(MPI_IN_PLACE, piece, piece_count, native_type(type), op, handle_->comm),
              "MPI_Allreduce");
  });
}

struct PendingSum::Request {
  MPI_Request request = MPI_REQUEST_NULL;
};

PendingSum::PendingSum() = default;
PendingSum::PendingSum(PendingSum&&) noexcept = default;
PendingSum& PendingSum::operator=(PendingSum&&) noexcept = default;
PendingSum::~PendingSum() = default;

bool PendingSum::is_done() {
  if (!request_) return true;
  int done = 0;
  check_mpi(MPI_Test(&request_->request, &done, MPI_STATUS_IGNORE), "MPI_Test");
  if (done != 0) request_.reset();
  return done != 0;
}

void PendingSum::wait() {
  if (!request_) return;
  check_mpi(MPI_Wait(&request_->request, MPI_STATUS_IGNORE), "MPI_Wait");
  request_.reset();
}

PendingSum Communicator::start_sum(std::span<float> values) const {
  PendingSum pending;
  if (!handle_) return pending;
  const auto count = static_cast<std::int64_t>(values.size());
  if (count > most_at_once) {
    sum(values);
    return pending;
  }
  pending.request_ = std::make_unique<PendingSum::Request>();
  check_mpi(MPI_Iallreduce(MPI_IN_PLACE, values.data(), static_cast<int>(count), MPI_FLOAT, MPI_SUM,
                           handle_->comm, &pending.request_->request),
            "MPI_Iallreduce");
  return pending;
}

/// The counts of all ranks on rank 0, none elsewhere.
std::vector<std::int64_t> Communicator::gather_counts(std::int64_t count) const {
  if (!handle_) return {count};
  std::vector<std::int64_t> counts(is_root() ? static_cast<std::size_t>(size_) : 0);
  check_mpi(MPI_Gather(&count, 1, MPI_INT64_T, counts.data(), 1, MPI_INT64_T, 0, handle_->comm),
            "MPI_Gather");
  return counts;
}

void Communicator::gather_raw(const void* data, std::int64_t count, Scalar type, void* all,
                              const std::vector<std::int64_t>& counts) const {
  if (count > 0 && is_root()) std::memcpy(all, data, static_cast<std::size_t>(count * bytes_of(type)));
  if (!handle_) return;
  constexpr int tag = 0;
  if (!is_root()) {
    in_pieces(const_cast<void*>(data), count, type, [&](void* piece, int piece_count) {
      check_mpi(MPI_Send(piece, piece_count, native_type(type), 0, tag, handle_->comm), "MPI_Send");
    });
    return;
  }
  auto* to = static_cast<std::byte*>(all) + count * bytes_of(type);
  for (int rank = 1; rank < size_; ++rank) {
    const std::int64_t of_rank = counts[static_cast<std::size_t>(rank)];
    in_pieces(to, of_rank, type, [&](void* piece, int piece_count) {
      check_mpi(MPI_Recv(piece, piece_count, native_type(type), rank, tag, handle_->comm, MPI_STATUS_IGNORE),
                "MPI_Recv");
    });
    to += of_rank * bytes_of(type);
  }
}

void Communicator::broadcast(bool& value, int root) const {
  auto flag = static_cast<std::int32_t>(value);
  broadcast(flag, root);
  value = flag != 0;
}

void Communicator::broadcast(std::string& text, int root) const {
  if (!handle_) return;
  std::vector<char> letters(text.begin(), text.end());
  broadcast(letters, root);
  text.assign(letters.begin(), letters.end());
}

void Communicator::broadcast(std::vector<std::string>& texts, int root) const {
  if (!handle_) return;
  std::vector<std::int64_t> lengths;
  std::vector<char> letters;
  for (const std::string& text : texts) {
    lengths.push_back(static_cast<std::int64_t>(text.size()));
    letters.insert(letters.end(), text.begin(), text.end());
  }
  broadcast(lengths, root);
  broadcast(letters, root);
  texts.clear();
  auto from = letters.begin();
  for (const std::int64_t length : lengths) {
    texts.emplace_back(from, from + length);
    from += length;
  }
}

Communicator Communicator::split(int colour) const {
  if (!handle_) return *this;
  MPI_Comm part = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split(handle_->comm, colour, rank_, &part), "MPI_Comm_split");
  return MpiAccess::adopt(part);
}

Communicator Communicator::split_by_node() const {
  if (!handle_) return *this;
  MPI_Comm node = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split_type(handle_->comm, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &node),
            "MPI_Comm_split_type");
  return MpiAccess::adopt(node);
}

}  // namespace dko
