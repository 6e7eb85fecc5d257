#include <fmt/format.h>

#include "checks.hpp"
#include "dko/hdf5/location.hpp"
#include "native.hpp"

namespace dko::hdf5 {

namespace {

void write_value(Id group, const std::string& name, Id type, Id stored_as, const void* value,
                 std::uint64_t checksum, const std::string& place) {
  const Handle space(check(H5Screate(H5S_SCALAR), place), H5Sclose);
  const Handle dataset(
      check(H5Dcreate2(group, name.c_str(), stored_as, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
            fmt::format("{}: cannot be created", place)),
      H5Dclose);
  check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value),
        fmt::format("{}: writing failed: is the disk or the quota full?", place));
  put_checksum(dataset.id(), checksum, place);
}

}  // namespace

void Location::write_scalar(const std::string& name, const std::string& text) {
  const Handle type = text_type();
  const char* pointer = text.c_str();
  write_value(id(), name, type.id(), type.id(), &pointer, checksum_of_texts(std::span(&text, 1)), at(name));
  set_encoding(name, "string", "0.2.0");
}

void Location::write_scalar(const std::string& name, std::int64_t value) {
  write_value(id(), name, H5T_NATIVE_INT64, H5T_STD_I64LE, &value,
              block_checksum(std::span<const std::int64_t>(&value, 1)), at(name));
  set_encoding(name, "numeric-scalar", "0.2.0");
}

}  // namespace dko::hdf5
