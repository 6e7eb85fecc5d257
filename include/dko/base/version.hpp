#pragma once

#include <string_view>

namespace dko {

/// Version of the program, such as "0.1.0".
std::string_view version();

/// Commit the program was built from, or "commit unknown" if the sources were no git checkout.
std::string_view revision();

}  // namespace dko
