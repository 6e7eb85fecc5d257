#pragma once

#include <filesystem>

namespace dko {

/// Notes a file of this process that is of no use to anyone if the process crashes: whoever ends the process
/// from within a signal handler removes it. Of more than 64, or of a path of more than 4,095 bytes, nothing
/// is noted. Local.
void note_unfinished(const std::filesystem::path& path);

/// Ends the note, if there is one. Local.
void forget_unfinished(const std::filesystem::path& path);

/// Removes all that are noted. Safe in a signal handler. Local.
void remove_unfinished_files() noexcept;

}  // namespace dko
