#include "dko/base/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <system_error>
#include <type_traits>
#include <vector>

namespace dko {

namespace {

template <class T>
std::optional<T> parse_whole(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && end == text.data() + text.size()) {
    if constexpr (std::is_floating_point_v<T>) {
      // Too small for the type is zero, too large is infinite; the caller judges either.
      return std::strtod(std::string(text).c_str(), nullptr);
    }
  }
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

std::string with_thousands(std::int64_t value) {
  const std::string digits = fmt::format("{}", value);
  std::string text;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    const bool after_digit = at > 0 && digits[at - 1] != '-';
    if (after_digit && (digits.size() - at) % 3 == 0) text += ',';
    text += digits[at];
  }
  return text;
}

std::string human_bytes(double bytes) {
  constexpr std::array units{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} bytes", bytes) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string human_seconds(double seconds) {
  if (!(seconds < 1e9)) return "unknown";
  if (seconds < 10) return fmt::format("{:.2f} s", seconds);
  if (seconds < 60) return fmt::format("{:.0f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", with_thousands(count), noun, count == 1 ? "" : "s");
}

std::optional<double> parse_number(std::string_view text) {
  return parse_whole<double>(text);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parse_whole<std::int64_t>(text);
}

std::optional<double> parse_time_limit(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const auto take = [&](std::string_view number) {
    const bool is_plain = number.size() <= 9 && number.find_first_not_of("0123456789") == number.npos;
    const auto value = is_plain ? parse_integer(number) : std::nullopt;
    if (value) numbers.push_back(*value);
    return value.has_value();
  };
  const std::size_t dash = text.find('-');
  const bool has_days = dash != std::string_view::npos;
  if (has_days && !take(text.substr(0, dash))) return std::nullopt;
  std::string_view rest = has_days ? text.substr(dash + 1) : text;
  for (;;) {
    const std::size_t colon = rest.find(':');
    if (!take(rest.substr(0, colon))) return std::nullopt;
    if (colon == std::string_view::npos) break;
    rest = rest.substr(colon + 1);
  }
  // Seconds of each number, by how many there are.
  std::vector<double> units{86400, 3600, 60, 1};
  if (!has_days) units = numbers.size() == 3 ? std::vector<double>{3600, 60, 1} : std::vector<double>{60, 1};
  if (numbers.size() > units.size()) return std::nullopt;
  double seconds = 0;
  for (std::size_t at = 0; at < numbers.size(); ++at) seconds += units[at] * static_cast<double>(numbers[at]);
  return seconds > 0 ? std::optional(seconds) : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower_case(std::string_view text) {
  std::string word(text);
  for (char& letter : word)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return word;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || at + length > text.size()) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t next = at + 1; next < at + length; ++next) {
      const auto byte = static_cast<unsigned char>(text[next]);
      if ((byte & 0xC0U) != 0x80U) return false;
      point = point << 6 | (byte & 0x3FU);
    }
    const bool too_long = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (too_long || surrogate || point > 0x10FFFF) return false;
    at += length;
  }
  return true;
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace dko
