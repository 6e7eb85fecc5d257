// How HDF5 reads files that are only read: as its own driver does, and with an eye on its global heaps, where
// texts of variable length are. HDF5 1.10 believes the sizes in them and reads and writes beyond its buffers
// where they are wrong; a heap that is not sound is not handed to it.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>
#include <vector>

#include "native.hpp"

namespace dko::hdf5 {

namespace {

constexpr haddr_t highest_address = ~haddr_t{0} >> 2;
constexpr hsize_t heap_header = 16;  // of a heap, and of each object in it
constexpr hsize_t smallest_heap = 4096;
#if H5_VERSION_GE(1, 13, 2)
constexpr H5FD_class_value_t driver_number = 389;  // 256 to 511: drivers that the HDF Group does not register
#endif

struct ReadFile {
  H5FD_t shared{};  // first: HDF5 knows of this part only
  int descriptor = -1;
  haddr_t end_of_address = 0;
  haddr_t end = 0;
  dev_t device = 0;
  ino_t number = 0;
};

ReadFile* of(H5FD_t* file) {
  return reinterpret_cast<ReadFile*>(file);
}
const ReadFile* of(const H5FD_t* file) {
  return reinterpret_cast<const ReadFile*>(file);
}

/// The reason that handle.cpp passes on.
void tell(const char* why) {
  H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_VFL, H5E_READERROR, "%s", why);
}

bool read_bytes(const ReadFile& file, haddr_t address, std::size_t count, void* into) {
  if (address > file.end || count > file.end - address) {
    tell("a part of the file is beyond its end");
    return false;
  }
  auto* to = static_cast<char*>(into);
  while (count > 0) {
    const ssize_t taken = pread(file.descriptor, to, count, static_cast<off_t>(address));
    if (taken < 0 && errno == EINTR) continue;
    if (taken <= 0) {
      tell(taken < 0 ? std::strerror(errno) : "the file has become shorter");
      return false;
    }
    to += taken;
    count -= static_cast<std::size_t>(taken);
    address += static_cast<haddr_t>(taken);
  }
  return true;
}

std::uint64_t number_at(const unsigned char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t at = count; at-- > 0;) value = value << 8 | bytes[at];
  return value;
}

/// Whether objects, each with its header, fill a heap to its end. Object 0 is what is free, to the end; less
/// than a header at the end is free, too.
bool is_filled(const std::vector<unsigned char>& heap) {
  hsize_t left = heap.size() - heap_header;
  while (left >= heap_header) {
    const unsigned char* object = heap.data() + (heap.size() - left);
    const bool is_free = number_at(object, 2) == 0;
    const std::uint64_t size = number_at(object + 8, 8);
    if (size > left || (is_free && size < heap_header)) return false;
    const std::uint64_t taken = is_free ? size : heap_header + (size + 7) / 8 * 8;
    if (taken > left) return false;
    left -= taken;
  }
  return true;
}

/// Whether what HDF5 reads as a heap, and what begins with the mark of one, is sound.
bool is_sound_heap(const ReadFile& file, haddr_t address, const unsigned char* bytes, std::size_t count) {
  if (count < heap_header || std::memcmp(bytes, "GCOL\1", 5) != 0) return true;  // HDF5 sees to that
  const std::uint64_t size = number_at(bytes + 8, 8);
  if (size < smallest_heap || size > file.end - address) return false;
  std::vector<unsigned char> heap(bytes, bytes + std::min<std::size_t>(count, size));
  const std::size_t held = heap.size();
  heap.resize(size);
  return read_bytes(file, address + held, size - held, heap.data() + held) && is_filled(heap);
}

H5FD_t* open_file(const char* name, unsigned, hid_t, haddr_t) {
  const int descriptor = open(name, O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (descriptor < 0 || fstat(descriptor, &status) != 0) {
    tell(std::strerror(errno));
    if (descriptor >= 0) close(descriptor);
    return nullptr;
  }
  auto* file = new (std::nothrow) ReadFile;
  if (file == nullptr) {
    close(descriptor);
    return nullptr;
  }
  file->descriptor = descriptor;
  file->end = static_cast<haddr_t>(status.st_size);
  file->device = status.st_dev;
  file->number = status.st_ino;
  return &file->shared;
}

herr_t close_file(H5FD_t* file) {
  const int closed = close(of(file)->descriptor);
  delete of(file);
  return closed;
}

int compare(const H5FD_t* first, const H5FD_t* second) {
  const auto key = [](const H5FD_t* file) { return std::pair(of(file)->device, of(file)->number); };
  return key(first) < key(second) ? -1 : key(second) < key(first) ? 1 : 0;
}

herr_t query(const H5FD_t*, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t end_of_address(const H5FD_t* file, H5FD_mem_t) {
  return of(file)->end_of_address;
}

herr_t set_end_of_address(H5FD_t* file, H5FD_mem_t, haddr_t address) {
  of(file)->end_of_address = address;
  return 0;
}

haddr_t end_of_file(const H5FD_t* file, H5FD_mem_t) {
  return of(file)->end;
}

herr_t get_handle(H5FD_t* file, hid_t, void** handle) {
  *handle = &of(file)->descriptor;
  return 0;
}

/// Heaps come as data here, and are known by their mark.
herr_t read_part(H5FD_t* file, H5FD_mem_t kind, hid_t, haddr_t address, std::size_t count, void* into) {
  if (!read_bytes(*of(file), address, count, into)) return -1;
  const bool may_be_heap = kind == H5FD_MEM_DRAW || kind == H5FD_MEM_GHEAP;
  if (!may_be_heap || is_sound_heap(*of(file), address, static_cast<const unsigned char*>(into), count))
    return 0;
  tell("the texts of the file are corrupt");
  return -1;
}

herr_t write_part(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, std::size_t, const void*) {
  return -1;
}

/// As HDF5's own driver does, for a file that another program is writing.
herr_t lock(H5FD_t* file, hbool_t) {
  if (flock(of(file)->descriptor, LOCK_SH | LOCK_NB) == 0 || errno == ENOSYS) return 0;
  tell(std::strerror(errno));
  return -1;
}

herr_t unlock(H5FD_t* file) {
  return flock(of(file)->descriptor, LOCK_UN) == 0 || errno == ENOSYS ? 0 : -1;
}

/// Field by field: versions of HDF5 have them in different places.
H5FD_class_t driver_class() {
  H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 2)
  driver.version = H5FD_CLASS_VERSION;
  driver.value = driver_number;
#endif
  driver.name = "dko reading";
  driver.maxaddr = highest_address;
  driver.fc_degree = H5F_CLOSE_WEAK;
  driver.open = open_file;
  driver.close = close_file;
  driver.cmp = compare;
  driver.query = query;
  driver.get_eoa = end_of_address;
  driver.set_eoa = set_end_of_address;
  driver.get_eof = end_of_file;
  driver.get_handle = get_handle;
  driver.read = read_part;
  driver.write = write_part;
  driver.lock = lock;
  driver.unlock = unlock;
  constexpr H5FD_mem_t lists[] = H5FD_FLMAP_DICHOTOMY;
  std::copy(std::begin(lists), std::end(lists), driver.fl_map);
  return driver;
}

}  // namespace

Handle reading_access() {
  static const H5FD_class_t driver = driver_class();
  static const Id id = check(H5FDregister(&driver), "HDF5 driver");
  Handle access(check(H5Pcreate(H5P_FILE_ACCESS), "HDF5 file access"), H5Pclose);
  check(H5Pset_driver(access.id(), id, nullptr), "HDF5 file access");
  return access;
}

}  // namespace dko::hdf5
