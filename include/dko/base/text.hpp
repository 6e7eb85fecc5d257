#pragma once
// Numbers to text and back, the same everywhere.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dko {

/// 1528686 → "1,528,686".
std::string with_thousands(std::int64_t value);

/// 2147483648 → "2.0 GiB".
std::string human_bytes(double bytes);

/// 83.4 → "1 min 23 s".
std::string human_seconds(double seconds);

/// "1 cell", "2 cells".
std::string counted(std::int64_t count, std::string_view noun);

/// The whole of `text` as a number, or nothing. "nan" and "inf" are numbers here.
std::optional<double> parse_number(std::string_view text);

/// The whole of `text` as a decimal integer that fits, or nothing.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A time as SLURM's --time has it, in seconds: "M", "M:S", "H:M:S", "D-H", "D-H:M" or "D-H:M:S". Nothing for
/// other text, and for no time at all.
std::optional<double> parse_time_limit(std::string_view text);

/// Without blanks, tabs and carriage returns at either end.
std::string_view trimmed(std::string_view text);

/// Letters of ASCII in lower case, all else as it is.
std::string lower_case(std::string_view text);

/// Whether the bytes are valid UTF-8.
bool is_utf8(std::string_view text);

/// UTC time now as "2026-01-31T12:00:00Z".
std::string utc_now();

}  // namespace dko
