#pragma once
// What someone who mistyped a name may have meant. All calls are local.

#include <cstddef>
#include <string>
#include <string_view>

#include "dko/base/names.hpp"

namespace dko {

/// Letters to add, leave out or change until one word is the other.
std::size_t edits_between(std::string_view from, std::string_view to);

/// "did you mean Sparc?": the names that differ from `wrong` in upper and lower case alone; without such,
/// those that one edit makes of it, if it has three letters or more. The first three of them, as shown_name()
/// has them; empty if there are none.
std::string similar_names(std::string_view wrong, const Names& names);

}  // namespace dko
