#include "dko/base/checksum.hpp"

#include <fmt/format.h>

#include <boost/crc.hpp>

namespace dko {

struct Checksum::State {
  boost::crc_optimal<64, 0x42F0E1EBA9EA3693ULL, ~0ULL, ~0ULL, true, true> crc;
};

Checksum::Checksum() : state_(std::make_unique<State>()) {}
Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

void Checksum::add_bytes(std::span<const std::byte> bytes) {
  state_->crc.process_bytes(bytes.data(), bytes.size());
}

void Checksum::add(const std::string& text) {
  const std::uint64_t length = text.size();
  add(std::span(&length, 1));
  add(std::span(text.data(), text.size()));
}

std::string Checksum::text() const {
  return fmt::format("crc64:{:016x}", state_->crc.checksum());
}

}  // namespace dko
