#pragma once

#include <filesystem>

#include "dko/base/log.hpp"
#include "dko/base/name_list.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/events/event_list.hpp"

namespace dko {

/// Reads events in the original's Recorder formats, by the columns of event_columns.hpp. Local.
/// Tells the log what was taken as a number. Of names that the data lack the knockouts are left out with a
/// warning, or
/// @throws InputError, which lists them; as EventColumns; and with file and line for a gene that the cell
/// does not express, or that is to be switched on and that it expresses, or
///         that is named twice, and for an event that would leave no expressed gene.
EventList read_events(const std::filesystem::path& path, const ExpressionMatrix& matrix, Missing missing,
                      Log& log);

}  // namespace dko
