#include "dko/base/log.hpp"

#include <ostream>

namespace dko {

void Log::line(std::string_view kind, std::string_view text) {
  *out_ << "dko: " << kind << text << '\n' << std::flush;
}

}  // namespace dko
