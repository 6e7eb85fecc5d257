#include <lzf.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "native.hpp"

// h5py, and with it AnnData's compression="lzf", writes chunks that HDF5 itself cannot read.

namespace dko::hdf5 {

namespace {

constexpr std::size_t best_compression = 100;  // three bytes stand for at most 264
constexpr std::size_t largest_chunk = std::size_t{1} << 32;

/// Reading only. HDF5 owns *buffer, which is allocated and freed as H5free_memory does.
std::size_t decompress(unsigned flags, std::size_t count, const unsigned* parameters, std::size_t bytes,
                       std::size_t* room, void** buffer) {
  if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;
  const std::size_t stated = count > lzf_size_parameter ? parameters[lzf_size_parameter] : 0;
  const std::size_t most = std::min(largest_chunk, best_compression * bytes);
  for (std::size_t size = stated > 0 ? stated : *room; size <= std::max(most, *room); size *= 2) {
    void* whole = H5allocate_memory(size, false);
    if (whole == nullptr) return 0;
    errno = 0;
    const unsigned held =
        lzf_decompress(*buffer, static_cast<unsigned>(bytes), whole, static_cast<unsigned>(size));
    if (held > 0 && held < stated) {  // HDF5 would read on beyond it
      H5free_memory(whole);
      return 0;
    }
    if (held > 0) {
      H5free_memory(*buffer);
      *buffer = whole;
      *room = size;
      return held;
    }
    H5free_memory(whole);
    if (errno != E2BIG) return 0;
  }
  return 0;
}

}  // namespace

void register_lzf() {
  static const H5Z_class2_t filter{H5Z_CLASS_T_VERS, lzf_filter, 0, 1, "lzf", nullptr, nullptr, decompress};
  check(H5Zregister(&filter), "HDF5 filter lzf");
}

}  // namespace dko::hdf5
