#pragma once

namespace dko {

/// The most memory that this process had, in bytes, what it shares included. Local.
double peak_memory();

}  // namespace dko
