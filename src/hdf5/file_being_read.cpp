#include "dko/hdf5/file_being_read.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>

#include "dko/base/printable.hpp"
#include "dko/system/free_memory_limit.hpp"
#include "native.hpp"

namespace dko::hdf5 {

namespace {

struct Slot {
  std::atomic<bool> taken = false;
  std::atomic<long> turn = 0;  // from 1, the latest is the highest; 0: none
  std::atomic<Id> file = -1;   // once it is open
  std::array<char, 4096> name;
  std::optional<FreeMemoryLimit> limit;
};

// In static memory: a handler cannot rely on the heap.
std::array<Slot, 16> slots;
std::atomic<long> last_turn = 0;

void release(Slot& slot) {
  slot.turn = 0;
  slot.file = -1;
  slot.limit.reset();
  slot.taken = false;
}

/// HDF5 reads when it closes, too.
int close_and_release(Id file) {
  const int closed = H5Fclose(file);
  for (Slot& slot : slots) {
    if (slot.file == file) release(slot);
  }
  return closed;
}

}  // namespace

ReadingMark::ReadingMark(const std::filesystem::path& path) {
  const std::string name = printable(path.string());
  if (name.size() >= slots[0].name.size()) return;
  for (std::size_t at = 0; at < slots.size(); ++at) {
    if (slots[at].taken.exchange(true)) continue;
    *std::copy(name.begin(), name.end(), slots[at].name.begin()) = '\0';
    slots[at].turn = ++last_turn;
    slots[at].limit.emplace();
    slot_ = static_cast<int>(at);
    return;
  }
}

ReadingMark::~ReadingMark() {
  if (slot_ >= 0) release(slots[static_cast<std::size_t>(slot_)]);
}

Handle ReadingMark::handle_of(Id file) {
  if (slot_ < 0) return {file, H5Fclose};
  slots[static_cast<std::size_t>(slot_)].file = file;
  slot_ = -1;
  return {file, close_and_release};
}

const char* file_being_read() noexcept {
  const Slot* latest = nullptr;
  for (const Slot& slot : slots) {
    if (slot.turn > 0 && (latest == nullptr || slot.turn > latest->turn)) latest = &slot;
  }
  return latest == nullptr ? nullptr : latest->name.data();
}

}  // namespace dko::hdf5
