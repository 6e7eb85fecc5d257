#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "dko/base/provenance.hpp"
#include "dko/results/screen_file/direction_file.hpp"

namespace dko {

/// The direction in the partial file of a screen that is resumed; nothing where it has none. Local.
/// @throws InputError as read_direction(), and if the file is of another screen
std::optional<StoredDirection> read_resumed_direction(const std::filesystem::path& path,
                                                      const ScreenPlan& plan, const Provenance& provenance,
                                                      std::int64_t genes, std::int64_t cells);

}  // namespace dko
