#pragma once

#include <filesystem>

namespace dko {

/// Asks this node's kernel to forget what it has cached of a file that is on the disk, so that the next read
/// comes from there. Returns whether the kernel took the request; a file system may disregard it. Local.
bool drop_from_page_cache(const std::filesystem::path& path);

}  // namespace dko
