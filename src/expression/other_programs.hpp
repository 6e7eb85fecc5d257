#pragma once

#include <optional>
#include <string>

#include "format.hpp"

namespace dko {

/// What a file or folder of another program is, by its own marks, with the way out: "is a zarr store: …".
/// Nothing if it may be expression data. Local. @throws InputError if it cannot be read
std::optional<std::string> named_as_foreign(const Source& source);

/// The same of what no format of dko accepts: always says something.
std::string way_out(const Source& source);

}  // namespace dko
