// What a file says of itself is checked before anything is allocated or opened on its word.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "dko/base/error.hpp"
#include "native.hpp"

namespace dko::hdf5 {

namespace {

constexpr double mebibyte = 1 << 20;
constexpr double largest_attribute = 64 * mebibyte;
constexpr double harmless_chunk = 64 * mebibyte;
// What gzip makes of nothing but zeros, and a little for h5py's filters before it.
constexpr double best_compression = 1100;

/// In double precision: the product may be beyond any integer.
double elements_of(Id space, const std::string& place) {
  const int dimensions = static_cast<int>(check_input(H5Sget_simple_extent_ndims(space), place));
  std::vector<hsize_t> extent(static_cast<std::size_t>(dimensions));
  check_input(H5Sget_simple_extent_dims(space, extent.data(), nullptr), place);
  double elements = H5Sget_simple_extent_type(space) == H5S_NULL ? 0 : 1;
  for (const hsize_t length : extent) elements *= static_cast<double>(length);
  return elements;
}

void require_own_values(Id properties, const std::string& place) {
  if (H5Pget_external_count(properties) > 0 || H5Pget_layout(properties) == H5D_VIRTUAL)
    throw InputError(fmt::format("{}: keeps its values in other files; copy it into one first", place));
}

constexpr const char* write_again =
    "write the file again with gzip, in Python adata.write_h5ad(\"new.h5ad\", compression=\"gzip\")";

/// HDF5's own filters that single-cell files do not use are not trusted with files of unknown origin.
bool is_distrusted(H5Z_filter_t filter) {
  return filter == H5Z_FILTER_NBIT || filter == H5Z_FILTER_SCALEOFFSET || filter == H5Z_FILTER_SZIP;
}

void require_known_filter(Id properties, unsigned at, double chunk_bytes, const std::string& place) {
  unsigned flags = 0;
  std::array<unsigned, 8> parameters{};
  std::size_t count = parameters.size();
  std::array<char, 64> name{};
  unsigned configuration = 0;
  const H5Z_filter_t filter = H5Pget_filter2(properties, at, &flags, &count, parameters.data(),
                                             name.size() - 1, name.data(), &configuration);
  check_input(filter, fmt::format("{}: is compressed in an unknown way", place));
  if (H5Zfilter_avail(filter) <= 0 || is_distrusted(filter))
    throw InputError(
        fmt::format("{}: is compressed by filter {} ({}), which {}; {}", place, filter, name.data(),
                    is_distrusted(filter) ? "dko does not read" : "this HDF5 does not have", write_again));
  if (filter == lzf_filter && chunk_bytes > 0 &&
      (count <= lzf_size_parameter || static_cast<double>(parameters[lzf_size_parameter]) < chunk_bytes))
    throw InputError(fmt::format("{}: its LZF chunks are smaller than its chunks: it is corrupt", place));
}

double chunk_bytes_of(Id properties, std::size_t element_bytes, const std::string& place) {
  if (H5Pget_layout(properties) != H5D_CHUNKED) return 0;
  std::array<hsize_t, H5S_MAX_RANK> lengths{};
  const auto dimensions =
      check_input(H5Pget_chunk(properties, static_cast<int>(lengths.size()), lengths.data()), place);
  double bytes = static_cast<double>(element_bytes);
  for (std::size_t at = 0; at < static_cast<std::size_t>(dimensions); ++at)
    bytes *= static_cast<double>(lengths[at]);
  return bytes;
}

/// Chunks of as many dimensions as the array, and no more of them than the file has bytes: each that was
/// written takes some, and HDF5 takes memory for each that is claimed.
void require_sound_chunks(Id properties, Id space, double bytes, const std::string& place) {
  if (H5Pget_layout(properties) != H5D_CHUNKED) return;
  std::array<hsize_t, H5S_MAX_RANK> lengths{};
  std::array<hsize_t, H5S_MAX_RANK> extent{};
  const auto dimensions =
      check_input(H5Pget_chunk(properties, static_cast<int>(lengths.size()), lengths.data()), place);
  bool fits = check_input(H5Sget_simple_extent_ndims(space), place) == dimensions;
  if (fits) check_input(H5Sget_simple_extent_dims(space, extent.data(), nullptr), place);
  double chunks = 1;
  for (std::size_t at = 0; fits && at < static_cast<std::size_t>(dimensions); ++at) {
    fits = lengths[at] > 0;
    if (fits) chunks *= std::ceil(static_cast<double>(extent[at]) / static_cast<double>(lengths[at]));
  }
  if (fits && chunks <= bytes) return;
  throw InputError(fmt::format("{}: its chunks do not fit its shape or the file: it is corrupt", place));
}

hid_t never(const char*, hid_t, const void*, std::size_t, hid_t, hid_t) {
  return -1;
}

}  // namespace

double file_bytes(Id object, const std::string& place) {
  const Handle file(check_input(H5Iget_file_id(object), place), H5Fclose);
  hsize_t bytes = 0;
  check_input(H5Fget_filesize(file.id(), &bytes), place);
  return static_cast<double>(bytes);
}

void require_readable(Id dataset, const std::string& place) {
  const Handle properties(check_input(H5Dget_create_plist(dataset), place), H5Pclose);
  require_own_values(properties.id(), place);
  const Handle space(check_input(H5Dget_space(dataset), place), H5Sclose);
  const Handle type(check_input(H5Dget_type(dataset), place), H5Tclose);
  const std::size_t element_bytes = H5Tget_size(type.id());
  const double chunk = chunk_bytes_of(properties.id(), element_bytes, place);
  const int filters = H5Pget_nfilters(properties.id());
  // h5py states no size for text of variable length.
  const bool has_text =
      H5Tdetect_class(type.id(), H5T_STRING) > 0 || H5Tdetect_class(type.id(), H5T_VLEN) > 0;
  for (unsigned at = 0; static_cast<int>(at) < filters; ++at)
    require_known_filter(properties.id(), at, has_text ? 0 : chunk, place);
  const double stored =
      std::min(static_cast<double>(H5Dget_storage_size(dataset)), file_bytes(dataset, place));
  const double most = filters > 0 ? best_compression * stored : stored;
  const double claimed = elements_of(space.id(), place) * static_cast<double>(element_bytes);
  if (claimed > most || chunk > std::max(harmless_chunk, most))
    throw InputError(fmt::format("{}: claims more data than the file holds: it is corrupt", place));
  require_sound_chunks(properties.id(), space.id(), file_bytes(dataset, place), place);
}

void require_readable_attribute(Id attribute, const std::string& what) {
  const Handle space(check_input(H5Aget_space(attribute), what), H5Sclose);
  const Handle type(check_input(H5Aget_type(attribute), what), H5Tclose);
  const double claimed = elements_of(space.id(), what) * static_cast<double>(H5Tget_size(type.id()));
  if (claimed <= std::min(file_bytes(attribute, what), largest_attribute)) return;
  throw InputError(fmt::format("{}: claims more data than the file holds: it is corrupt", what));
}

void require_inside(Id location, const std::string& name, const std::string& place) {
  H5L_info_t info;
  if (H5Lget_info(location, name.c_str(), &info, H5P_DEFAULT) < 0) return;  // whoever opens it will say so
  if (info.type == H5L_TYPE_HARD || info.type == H5L_TYPE_SOFT) return;
  throw InputError(fmt::format(
      "{}: is a link to another file, which dko does not follow; copy its target into this file", place));
}

void require_usual_sizes(Id file, const std::string& place) {
  constexpr std::size_t usual = 8;
  const Handle properties(check_input(H5Fget_create_plist(file), place), H5Pclose);
  std::size_t address = 0;
  std::size_t length = 0;
  check_input(H5Pget_sizes(properties.id(), &address, &length), place);
  if (address == usual && length == usual) return;
  throw InputError(fmt::format("{}: has addresses of {} bytes and lengths of {}, which no program writes",
                               place, address, length));
}

void refuse_external_links() {
  static const H5L_class_t external{H5L_LINK_CLASS_T_VERS,
                                    H5L_TYPE_EXTERNAL,
                                    "external, not followed",
                                    nullptr,
                                    nullptr,
                                    nullptr,
                                    never,
                                    nullptr,
                                    nullptr};
  check(H5Lregister(&external), "HDF5 external links");
}

}  // namespace dko::hdf5
