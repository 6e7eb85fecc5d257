#pragma once
// What the name of an output stands for, and what makes a file last. All calls are local.

#include <filesystem>
#include <string>

namespace dko {

/// Folder of a path; "." where the path has none.
std::filesystem::path directory_of(const std::filesystem::path& path);

/// Where a path leads: symbolic links are followed, also those to a file that is not there yet.
/// @throws UsageError if they lead in a circle
std::filesystem::path followed(const std::filesystem::path& path);

/// @throws UsageError unless an output can have this name: a regular file is there, or nothing. Devices,
/// named
///         pipes, sockets and folders are never replaced.
void require_file_name(const std::filesystem::path& path);

/// The same text for two names of one file, however they are spelled: by links of either kind, `.` and `..`,
/// and also where the file is not there yet.
std::string identity_of(const std::filesystem::path& path);

/// What this process wrote to the file reaches the disk. @throws IoError
void sync_file(const std::filesystem::path& path);

/// Names that were given or taken in the folder reach the disk. @throws IoError
void sync_directory(const std::filesystem::path& folder);

/// As sync_file, of an open file. @throws IoError, which names `path`
void sync_descriptor(int descriptor, const std::filesystem::path& path);

/// The operating system's words for an error of writing (errno), with the cause where these name only the
/// symptom. Without a number: a question.
std::string why_writing_failed(int error);

/// Adds the cause to a text that has the operating system's words for a file that is too large.
std::string with_cause(std::string text);

}  // namespace dko
