#pragma once
// What is fuzzed: every reader of files, each as the commands use it.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dko::fuzz {

struct Reader {
  std::string_view name;
  bool is_hdf5 = false;
  /// Files that it reads, made by dko's own writers.
  std::vector<std::string> (*seeds)();
  /// Reads the file, all of it that any command would. @throws Error for a file that cannot be used
  void (*read)(const std::filesystem::path& file);
};

std::span<const Reader> readers();

/// A matrix and its lists stand in one input, with this byte between.
inline constexpr char file_separator = '\x1e';

}  // namespace dko::fuzz
