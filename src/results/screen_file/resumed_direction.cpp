#include "dko/results/screen_file/resumed_direction.hpp"

#include "dko/hdf5/file.hpp"
#include "dko/hdf5/header.hpp"
#include "screen_identity.hpp"
#include "screen_layout.hpp"

namespace dko {

std::optional<StoredDirection> read_resumed_direction(const std::filesystem::path& path,
                                                      const ScreenPlan& plan, const Provenance& provenance,
                                                      std::int64_t genes, std::int64_t cells) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  hdf5::read_header(file, screen_layout::kind);
  require_identity(file.group(screen_layout::progress), plan, provenance, path.string());
  return read_direction(file, genes, cells);
}

}  // namespace dko
