#pragma once

namespace dko {

/// Bytes.
inline constexpr double gibibyte = 1 << 30;

}  // namespace dko
