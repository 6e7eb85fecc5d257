#include "dko/base/log.hpp"

#include <ostream>

#include "dko/base/printable.hpp"

namespace dko {

void Log::line(std::string_view kind, std::string_view text) {
  // In one piece, so that what others write at the same time does not get in between.
  *out_ << fmt::format("dko: {}{}\n", kind, printable(text)) << std::flush;
}

}  // namespace dko
