#pragma once
// What every file of the program starts with: attributes format and version, which say what the file is,
// and its provenance (dko_version, command, host, started, job, ranks, seed, input, input_checksum,
// model_checksum).

#include <cstdint>
#include <string>

#include "dko/base/provenance.hpp"
#include "dko/hdf5/file.hpp"

namespace dko::hdf5 {

struct FileKind {
  const char* format;    ///< such as "dko screen"
  std::int64_t version;  ///< of the layout
};

void write_header(File& file, const FileKind& kind, const Provenance& provenance);

/// @throws InputError if the file is of another kind or version, or an attribute is missing.
Provenance read_header(const File& file, const FileKind& kind);

/// Writes whence an AnnData file's content comes into a mapping: the same names as in a header, but for the
/// command, the seed, and what only some files have.
void write_origin(Location& mapping, const Provenance& provenance);

/// The format a file states; empty if it states none.
std::string format_of(const File& file);

}  // namespace dko::hdf5
