// What the kernels and the training need of the rooms that need MPI and HDF5, for one rank that keeps no
// files: a group of one, on which every call is a no-op, as communicator.hpp says of it.
#include <lzma.h>

#include <cstring>
#include <stdexcept>

#include "dko/parallel/communicator.hpp"
#include "dko/parallel/node_array.hpp"
#include "training/two_layer/checkpoint.hpp"

// In place of the library's, bit by bit.
std::uint64_t lzma_crc64(const std::uint8_t* bytes, std::size_t count, std::uint64_t crc) noexcept {
  constexpr std::uint64_t polynomial = 0xC96C5795D7870F42;  // reflected
  crc = ~crc;
  for (std::size_t at = 0; at < count; ++at) {
    crc ^= bytes[at];
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) == 0 ? 0 : polynomial);
  }
  return ~crc;
}

namespace dko {

Communicator Communicator::one_rank() {
  return {};
}

void Communicator::barrier() const {}
void Communicator::broadcast_raw(void*, std::int64_t, Scalar, int) const {}
void Communicator::broadcast(bool&, int) const {}
void Communicator::broadcast(std::string&, int) const {}
void Communicator::broadcast(std::vector<std::string>&, int) const {}
void Communicator::reduce_raw(void*, std::int64_t, Scalar, Reduction) const {}

std::vector<std::int64_t> Communicator::gather_counts(std::int64_t count) const {
  return {count};
}

void Communicator::gather_raw(const void* data, std::int64_t count, Scalar type, void* all,
                              const std::vector<std::int64_t>&) const {
  const bool is_short = type == Scalar::f32 || type == Scalar::i32;
  const std::int64_t bytes = type == Scalar::byte ? 1 : is_short ? 4 : 8;
  if (count > 0) std::memcpy(all, data, static_cast<std::size_t>(count * bytes));
}

NodeGroup::NodeGroup(const Communicator& whole) : all(whole), node(whole), leaders(whole) {}

struct PendingSum::Request {};

PendingSum::PendingSum() = default;
PendingSum::PendingSum(PendingSum&&) noexcept = default;
PendingSum& PendingSum::operator=(PendingSum&&) noexcept = default;
PendingSum::~PendingSum() = default;

bool PendingSum::is_done() {
  return true;
}

void PendingSum::wait() {}

PendingSum Communicator::start_sum(std::span<float>) const {
  return {};
}

namespace {

[[noreturn]] void refuse(const char* what) {
  throw std::logic_error(std::string("a test of one rank without files asks for ") + what);
}

}  // namespace

namespace detail {

std::pair<std::shared_ptr<void>, std::byte*> allocate_on_node(const NodeGroup&, std::int64_t) {
  refuse("memory that ranks share");
}
void spread(const NodeGroup&, const std::shared_ptr<void>&, std::span<std::byte>) {
  refuse("memory that ranks share");
}
void publish_on_node(const NodeGroup&, const std::shared_ptr<void>&) {
  refuse("memory that ranks share");
}

}  // namespace detail

// They tell whether a checkpoint is of the same data.
DataChecksums data_checksums(const RelativeProfiles&, const Split&) {
  return {};
}
void write_checkpoint(const std::filesystem::path&, const Provenance&, const CheckpointNotes&,
                      const HiddenUnits&, RankShare, const OutputBias&, const Communicator&) {
  refuse("a checkpoint");
}
TrainingRecord read_checkpoint(const std::filesystem::path&, const CheckpointNotes&, HiddenUnits&,
                               OutputBias&, const Communicator&) {
  refuse("a checkpoint");
}

}  // namespace dko
