#pragma once

#include "dko/system/instruction_set.hpp"

namespace dko {

/// Peak of one core of this machine, to compare kernels with.
struct KernelPeak {
  /// Multiply-adds of single-precision numbers a second, from registers, that do not wait for each other.
  double multiply_adds = 0;
  /// An element (one gene's output after one knockout) takes four vector operations in the plain one-pass
  /// form, subtract, multiply-subtract, magnitude, add: elements a second at that peak.
  double elements() const { return multiply_adds / 4; }
};

/// Measured for about `seconds`, the quickest of some tries. `instructions` must be available. Local.
KernelPeak measure_kernel_peak(InstructionSet instructions, double seconds);

}  // namespace dko
