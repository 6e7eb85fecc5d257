#pragma once
// Which screen a file is of: what decides its scores, to the bit. Shared by this room's sources only.

#include <string>

#include "dko/base/provenance.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen/screen.hpp"

namespace dko {

/// Notes it as attributes of the group. Local. @throws IoError
void write_identity(hdf5::Location& progress, const ScreenPlan& plan, const Provenance& provenance);

/// Local. @throws InputError if the group is of another screen; it says what differs
void require_identity(const hdf5::Location& progress, const ScreenPlan& plan, const Provenance& provenance,
                      const std::string& file);

}  // namespace dko
