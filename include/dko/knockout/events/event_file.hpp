#pragma once

#include <filesystem>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/events/event_list.hpp"

namespace dko {

/// Reads events in the original's Recorder formats, by the columns of event_columns.hpp. Local.
/// @throws InputError as EventColumns, and with file and line for a gene that the cell does not express or
///         that is named twice, and for an event that would leave no expressed gene.
EventList read_events(const std::filesystem::path& path, const ExpressionMatrix& matrix);

}  // namespace dko
