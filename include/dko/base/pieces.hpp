#pragma once
// Texts that are lists.

#include <string_view>
#include <vector>

namespace dko {

/// Pieces between commas, as they are written; one, which is empty, of an empty text.
std::vector<std::string_view> pieces_of(std::string_view text);

}  // namespace dko
