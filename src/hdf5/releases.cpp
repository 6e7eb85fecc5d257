#include "releases.hpp"

#include <cstring>

namespace dko::hdf5 {

namespace {

template <class Bytes>
ObjectKey key_of(const Bytes& bytes) {
  static_assert(sizeof(bytes) <= sizeof(ObjectKey));
  ObjectKey key{};
  std::memcpy(key.data(), &bytes, sizeof(bytes));
  return key;
}

}  // namespace

void do_not_lock([[maybe_unused]] Id access) {
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 12, 0))
  check(H5Pset_file_locking(access, 0, 1), "HDF5 file access");
#endif
}

#if H5_VERSION_GE(1, 12, 0)

ObjectInfo object_info(Id location, const std::string& name, const std::string& place) {
  H5O_info2_t info;
  check_input(H5Oget_info_by_name3(location, name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT), place);
  return {info.type, key_of(info.token)};
}

htri_t has_signature(const std::string& path) {
  return H5Fis_accessible(path.c_str(), H5P_DEFAULT);
}

void free_texts(Id type, Id space, Id transfer, void* texts) {
  H5Treclaim(type, space, transfer, texts);
}

#else

ObjectInfo object_info(Id location, const std::string& name, const std::string& place) {
  H5O_info_t info;
  check_input(H5Oget_info_by_name2(location, name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT), place);
  return {info.type, key_of(info.addr)};
}

htri_t has_signature(const std::string& path) {
  return H5Fis_hdf5(path.c_str());
}

void free_texts(Id type, Id space, Id transfer, void* texts) {
  H5Dvlen_reclaim(type, space, transfer, texts);
}

#endif

}  // namespace dko::hdf5
