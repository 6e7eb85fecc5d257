#include "dko/base/checksum.hpp"

#include <fmt/format.h>
#include <lzma.h>

namespace dko {

void Checksum::add_bytes(std::span<const std::byte> bytes) {
  // CRC-64/XZ is that of liblzma, which multiplies without carry where the processor can.
  crc_ = lzma_crc64(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), crc_);
}

void Checksum::add(const std::string& text) {
  const std::uint64_t length = text.size();
  add(std::span(&length, 1));
  add(std::span(text.data(), text.size()));
}

std::string Checksum::text() const {
  return fmt::format("crc64:{:016x}", crc_);
}

}  // namespace dko
