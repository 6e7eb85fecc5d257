#include "dko/base/unfinished_files.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <system_error>

namespace dko {

namespace {

struct Slot {
  std::atomic<bool> taken = false;
  std::atomic<bool> is_valid = false;  // the path is whole
  std::array<char, 4096> path;
};

// In static memory: a handler cannot rely on the heap. A command with ten outputs takes two for each.
std::array<Slot, 64> slots;

/// Empty if it cannot be noted.
std::string name_of(const std::filesystem::path& path) {
  std::error_code error;
  const std::string name = std::filesystem::absolute(path, error).string();
  return error || name.size() >= slots[0].path.size() ? std::string() : name;
}

}  // namespace

void note_unfinished(const std::filesystem::path& path) {
  const std::string name = name_of(path);
  if (name.empty()) return;
  for (Slot& slot : slots) {
    if (slot.taken.exchange(true)) continue;
    *std::copy(name.begin(), name.end(), slot.path.begin()) = '\0';
    slot.is_valid = true;
    return;
  }
}

void forget_unfinished(const std::filesystem::path& path) {
  const std::string name = name_of(path);
  for (Slot& slot : slots) {
    if (!slot.is_valid || name != slot.path.data()) continue;
    slot.is_valid = false;
    slot.taken = false;
  }
}

void remove_unfinished_files() noexcept {
  for (const Slot& slot : slots) {
    if (slot.is_valid) unlink(slot.path.data());
  }
}

}  // namespace dko
