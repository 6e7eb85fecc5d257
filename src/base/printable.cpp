#include "dko/base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "dko/base/text.hpp"

namespace dko {

namespace {

bool is_control(unsigned char byte) {
  return byte < 0x20 || byte == 0x7F;
}

bool breaks_output(char letter) {
  return is_control(static_cast<unsigned char>(letter)) && letter != '\n' && letter != '\t';
}

/// Bytes of the character of UTF-8 that a text begins with; 0 if it begins with none.
std::size_t length_of_first(std::string_view text) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length)
    if (is_utf8(text.substr(0, length))) return length;
  return 0;
}

std::uint32_t code_of(std::string_view letter) {
  auto code = static_cast<std::uint32_t>(static_cast<unsigned char>(letter[0]));
  if (letter.size() > 1) code &= 0x7FU >> letter.size();
  for (const char byte : letter.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
  return code;
}

/// Controls beyond ASCII, and what turns the direction of a line or ends it.
bool is_hidden(std::uint32_t code) {
  return (code >= 0x80 && code < 0xA0) || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

std::string visible(unsigned char byte) {
  return fmt::format("\\x{:02x}", byte);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = length_of_first(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0 || is_control(first))
      shown += visible(first);
    else if (const std::uint32_t code = code_of(text.substr(0, length)); is_hidden(code))
      shown += fmt::format("\\u{:04x}", code);
    else
      shown += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return shown;
}

PrintableOutput::int_type PrintableOutput::overflow(int_type letter) {
  if (traits_type::eq_int_type(letter, traits_type::eof())) return traits_type::not_eof(letter);
  const char one = traits_type::to_char_type(letter);
  return xsputn(&one, 1) == 1 ? letter : traits_type::eof();
}

std::streamsize PrintableOutput::xsputn(const char* text, std::streamsize count) {
  const char* const end = text + count;
  for (const char* at = text; at != end;) {
    const char* const next = std::find_if(at, end, breaks_output);
    if (to_->sputn(at, next - at) != next - at) return 0;
    at = next;
    if (at == end) break;
    const std::string shown = visible(static_cast<unsigned char>(*at++));
    if (to_->sputn(shown.data(), std::ssize(shown)) != std::ssize(shown)) return 0;
  }
  return count;
}

}  // namespace dko
