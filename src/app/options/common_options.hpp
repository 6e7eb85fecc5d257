#pragma once
// Options that all commands share, or most of them.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include "dko/base/log.hpp"
#include "dko/command_line/command_line.hpp"

namespace dko::app {

struct Context;

/// Titles of groups of options that several commands add to.
inline constexpr auto stopping_group = "Stopping and resuming";

/// --seed, a number from 0.
Option& add_seed(CommandLine& line, std::uint64_t& seed, const char* of_what);

/// Options of every command that writes files.
struct CommonOptions {
  bool quiet = false;
  bool verbose = false;
  bool force = false;
  bool resume = false;
  std::string json;
};

void add_verbosity(CommandLine& line, CommonOptions& options);
void add_force(CommandLine& line, CommonOptions& options);
/// --force, --json and verbosity.
void add_common(CommandLine& line, CommonOptions& options);

/// --resume, of the commands that have it.
void add_resume(CommandLine& line, CommonOptions& options);

/// A log that speaks on rank 0 only. Local.
Log make_log(const CommonOptions& options, const Context& context);

/// @throws UsageError if two of these files, by option or name, are the same; empty ones are passed over.
void require_distinct(std::initializer_list<std::pair<const char*, std::string>> files);

}  // namespace dko::app
