#pragma once

#include <cstddef>
#include <string>

#include "dko/base/names.hpp"

namespace dko {

/// The first of some texts, and how many more there are: "A, B and 7 more".
std::string first_texts(const Names& texts, std::size_t most = 10);

}  // namespace dko
