#pragma once

#include <cstddef>
#include <optional>

namespace dko {

/// The width of the terminal on which standard error appears; nothing if it goes elsewhere, or the terminal
/// is one that cannot draw a line anew. Under mpirun standard error is a pipe to it: then what counts is
/// where mpirun's own goes.
std::optional<std::size_t> terminal_columns();

}  // namespace dko
