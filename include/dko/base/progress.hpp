#pragma once

#include <cstdint>
#include <functional>

namespace dko {

/// Told now and then how much of a job's work is done, in units of the caller's. Cheap to call often.
using ProgressCallback = std::function<void(std::int64_t done, std::int64_t total)>;

}  // namespace dko
