#pragma once
// The figures of profiles that are compared, as attributes of a group. This room's own.

#include "dko/hdf5/location.hpp"
#include "dko/metrics/profile_agreement.hpp"

namespace dko {

/// Figures that do not exist are left out.
void write_agreement(hdf5::Location& parent, const char* name, const ProfileAgreement& agreement);

/// What is left out, or NaN (of a file by an earlier version), does not exist.
ProfileAgreement read_agreement(const hdf5::Location& parent, const char* name);

}  // namespace dko
