#include "dko/base/block_checksum.hpp"

#define XXH_INLINE_ALL  // for this processor's vectors: the library's own code is of the least of them
#include <xxhash.h>

namespace dko {

namespace {

std::uint64_t never_zero(std::uint64_t sum) {
  return sum == 0 ? 1 : sum;
}

}  // namespace

std::uint64_t block_checksum_of_bytes(std::span<const std::byte> bytes) {
  return never_zero(XXH3_64bits(bytes.data(), bytes.size()));
}

struct RunningChecksum::State {
  XXH3_state_t of;
};

RunningChecksum::RunningChecksum() : state_(std::make_unique<State>()) {
  XXH3_64bits_reset(&state_->of);
}
RunningChecksum::~RunningChecksum() = default;
RunningChecksum::RunningChecksum(RunningChecksum&&) noexcept = default;
RunningChecksum& RunningChecksum::operator=(RunningChecksum&&) noexcept = default;

void RunningChecksum::add_bytes(std::span<const std::byte> bytes) {
  XXH3_64bits_update(&state_->of, bytes.data(), bytes.size());
}

void RunningChecksum::add(const std::string& text) {
  const std::uint64_t length = text.size();
  add(std::span(&length, 1));
  add(std::span(text.data(), text.size()));
}

std::uint64_t RunningChecksum::value() const {
  return never_zero(XXH3_64bits_digest(&state_->of));
}

std::uint64_t checksum_of_texts(std::span<const std::string> texts) {
  RunningChecksum sum;
  for (const std::string& text : texts) sum.add(text);
  return sum.value();
}

}  // namespace dko
