#pragma once

namespace dko {

/// Bytes that the control groups of this process still allow it, as SLURM limits its jobs by (cgroup v2, or
/// the memory controller of v1): limit less what is used, file pages that can be dropped not counted.
/// Infinite without a limit.
double control_group_memory();

}  // namespace dko
