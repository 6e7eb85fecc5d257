#pragma once
// What is said of a failure when the program ends of it.

#include <exception>
#include <optional>
#include <string>

#include "dko/base/error.hpp"

namespace dko {

/// Its own words, or "out of memory".
std::string message_of(const std::exception& failure);

/// Writes one line to standard error: "dko: error: MESSAGE", of a rank that fails alone "dko: error: rank R:
/// MESSAGE". A job that was stopped is no error.
void report_failure(const std::string& message, ExitCode code, std::optional<int> rank = {});

}  // namespace dko
