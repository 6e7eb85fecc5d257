#pragma once

#include <cstdint>
#include <optional>

#include "dko/base/delimited.hpp"
#include "dko/base/name_index.hpp"

namespace dko {

/// The gene that a field of a row names, or by its number; nothing if the data have none such. Local.
/// @throws InputError for a name that several have
std::optional<std::int32_t> gene_in(const DelimitedReader& row, std::size_t column, bool by_number,
                                    const NameIndex& index);

}  // namespace dko
