#include "dko/base/report.hpp"

#include <fmt/format.h>

#include <iostream>
#include <new>

#include "dko/base/printable.hpp"

namespace dko {

std::string message_of(const std::exception& failure) {
  return dynamic_cast<const std::bad_alloc*>(&failure) != nullptr ? "out of memory" : failure.what();
}

void report_failure(const std::string& message, ExitCode code, std::optional<int> rank) {
  std::cerr << fmt::format("dko: {}{}{}\n", code == ExitCode::stopped ? "" : "error: ",
                           rank ? fmt::format("rank {}: ", *rank) : "", printable(message))
            << std::flush;
}

}  // namespace dko
