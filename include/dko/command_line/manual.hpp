#pragma once
// Man pages and the completion of command lines, made of the tables of options.

#include <span>
#include <string>
#include <string_view>

#include "dko/command_line/command_line.hpp"

namespace dko {

/// What there is to know of a command.
struct ManualEntry {
  std::string name;  ///< "train", "bench io"
  std::string_view summary;
  CommandLine line;
};

/// "dko-bench-io", for "bench io".
std::string page_name(std::string_view command);

/// The page of one command, for man. Local.
std::string man_page(const ManualEntry& entry, std::string_view version);

/// The page of dko itself: all commands, and the exit codes. Local.
std::string man_page(std::span<const ManualEntry> entries, std::string_view what, std::string_view version);

/// A script for bash that completes commands, options, and values where there are only some. Local.
std::string bash_completion(std::span<const ManualEntry> entries);

}  // namespace dko
