#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "dko/parallel/at_root.hpp"

namespace dko {

/// The scalar types that travel between ranks.
enum class Scalar { f32, f64, i32, i64, u64, byte };

template <class T>
constexpr Scalar scalar_of() {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<U, float>)
    return Scalar::f32;
  else if constexpr (std::is_same_v<U, double>)
    return Scalar::f64;
  else if constexpr (std::is_same_v<U, std::int32_t>)
    return Scalar::i32;
  else if constexpr (std::is_same_v<U, std::int64_t>)
    return Scalar::i64;
  else if constexpr (std::is_same_v<U, std::uint64_t>)
    return Scalar::u64;
  else {
    static_assert(std::is_same_v<U, std::byte> || std::is_same_v<U, char>,
                  "no such type travels between ranks");
    return Scalar::byte;
  }
}

/// Items [first, last) of a list that ranks share.
struct RankShare {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// A sum over ranks that is under way while its ranks compute. To be waited for before it is destroyed.
class PendingSum {
 public:
  /// Nothing: done.
  PendingSum();
  PendingSum(PendingSum&&) noexcept;
  PendingSum& operator=(PendingSum&&) noexcept;
  ~PendingSum();

  /// Whether the sum is there. MPI may need such calls to go on with it. Local.
  bool is_done();
  /// Until it is. Local, but for the other ranks having to start it.
  void wait();

 private:
  friend class Communicator;
  struct Request;
  std::unique_ptr<Request> request_;
};

/// A group of ranks, passed to every algorithm that works on more than one. Without MPI it is a group of
/// one (see one_rank()), on which every call below is a no-op: algorithms need no second form.
///
/// Copies share the underlying communicator. Counts are 64-bit: what MPI cannot count in an int is sent in
/// pieces. Every call marked "collective" must be made by all ranks of the group in the same order.
/// Failures of MPI throw Error.
class Communicator {
 public:
  /// This process alone. Local.
  static Communicator one_rank();

  int rank() const noexcept { return rank_; }
  int size() const noexcept { return size_; }
  bool is_root() const noexcept { return rank_ == 0; }
  /// Whether it is a group of MPI's (which may have one rank, too), not just this process.
  bool is_mpi() const noexcept { return handle_ != nullptr; }

  /// This rank's contiguous share of `count` items, in the order of the ranks; empty where there are more
  /// ranks than items. Local.
  RankShare share_of(std::int64_t count) const {
    return {count * rank_ / size_, count * (rank_ + 1) / size_};
  }

  /// Collective.
  void barrier() const;
  /// Waits for all without using the processor, for ranks that have nothing to do while others are measured:
  /// looks up seldom, so that it ends some milliseconds after the last has come. Collective.
  void idle_barrier() const;

  /// `values` of `root` to all; every rank passes as many. Collective.
  template <class T>
  void broadcast(std::span<T> values, int root = 0) const {
    broadcast_raw(values.data(), static_cast<std::int64_t>(values.size()), scalar_of<T>(), root);
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void broadcast(T& value, int root = 0) const { broadcast(std::span(&value, 1), root); }
  /// Resizes on the other ranks. Collective.
  template <class T>
  void broadcast(std::vector<T>& values, int root = 0) const {
    auto count = static_cast<std::int64_t>(values.size());
    broadcast(count, root);
    values.resize(static_cast<std::size_t>(count));
    broadcast(std::span<T>(values), root);
  }
  void broadcast(bool& value, int root = 0) const;
  void broadcast(std::string& text, int root = 0) const;
  void broadcast(std::vector<std::string>& texts, int root = 0) const;
  /// The value of rank 0, on all. Collective.
  template <class T>
  T broadcast(AtRoot<T> value) const {
    T everywhere = std::move(value).or_empty();
    broadcast(everywhere);
    return everywhere;
  }

  /// Element-wise sum over the ranks, in place, on all ranks the same bits. Collective.
  template <class T>
  void sum(std::span<T> values) const {
    reduce_raw(values.data(), static_cast<std::int64_t>(values.size()), scalar_of<T>(), Reduction::sum);
  }
  template <class T>
  requires std::is_arithmetic_v<T> T sum(T value)
  const {
    sum(std::span(&value, 1));
    return value;
  }
  /// Begins such a sum. `values` must live, and be left alone, until it is done. Collective, in the order of
  /// all other calls.
  PendingSum start_sum(std::span<float> values) const;
  /// Largest value of any rank. Collective.
  template <class T>
  requires std::is_arithmetic_v<T> T max(T value)
  const {
    reduce_raw(&value, 1, scalar_of<T>(), Reduction::max);
    return value;
  }

  /// The values of all ranks, one after the other in the order of the ranks. Ranks may pass different numbers
  /// of them. Collective.
  template <class T>
  AtRoot<std::vector<T>> gather(std::span<const T> values) const {
    const std::vector<std::int64_t> counts = gather_counts(static_cast<std::int64_t>(values.size()));
    std::int64_t total = 0;
    for (const std::int64_t count : counts) total += count;
    std::vector<T> all(static_cast<std::size_t>(total));
    gather_raw(values.data(), static_cast<std::int64_t>(values.size()), scalar_of<T>(), all.data(), counts);
    return is_root() ? AtRoot(std::move(all)) : AtRoot<std::vector<T>>();
  }

  /// The values of rank `from`, without passing through others. Collective.
  template <class T>
  AtRoot<std::vector<T>> to_root(std::span<const T> values, int from) const {
    return gather(rank_ == from ? values : std::span<const T>());
  }

  /// The ranks that pass the same colour, in the order of their ranks here. Collective.
  Communicator split(int colour) const;
  /// The ranks that share this rank's memory. Collective.
  Communicator split_by_node() const;

 private:
  friend struct MpiAccess;
  enum class Reduction { sum, max };
  struct Handle;

  Communicator() = default;
  void broadcast_raw(void* data, std::int64_t count, Scalar type, int root) const;
  std::vector<std::int64_t> gather_counts(std::int64_t count) const;
  void gather_raw(const void* data, std::int64_t count, Scalar type, void* all,
                  const std::vector<std::int64_t>& counts) const;
  void reduce_raw(void* data, std::int64_t count, Scalar type, Reduction reduction) const;

  std::shared_ptr<const Handle> handle_;  // null for the group of one
  int rank_ = 0;
  int size_ = 1;
};

/// This rank's value where it is rank 0; elsewhere it is dropped. Local.
template <class T>
AtRoot<T> at_root(const Communicator& communicator, T value) {
  return communicator.is_root() ? AtRoot<T>(std::move(value)) : AtRoot<T>();
}

}  // namespace dko
