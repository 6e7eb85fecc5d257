#pragma once
// How files are made so that damage to them is found. Shared by this room's sources only.
//
// HDF5 checks what it knows of objects and links where files are of its version 1.8 or newer. It checks
// neither arrays nor texts: those have checksums of ours. Of a yet newer version HDF5 would mark files that
// are open for writing, and not open again what a killed job left.

#include <cstdint>
#include <string>

#include "dko/hdf5/file.hpp"

namespace dko::hdf5 {

/// Attribute of an array: checksum of its elements as they are stored; for texts with their lengths.
constexpr auto checksum_attribute = "checksum";
/// Attribute of a file: checksum_of_attributes().
constexpr auto attributes_checksum = "attributes_checksum";

/// Properties of access to files that are written.
Handle checked_access();
/// Properties of new files and of new groups: their attributes and links, however many, lie within the
/// object.
Handle checked_file();
Handle checked_group();

/// Writes an array's checksum. @throws IoError
void put_checksum(Id dataset, std::uint64_t sum, const std::string& place);

/// Checksum of all texts among the attributes of a file's objects, with their places. Texts must be set
/// through a file that one process alone has opened. Local. @throws InputError
std::uint64_t checksum_of_attributes(const File& file);

}  // namespace dko::hdf5
