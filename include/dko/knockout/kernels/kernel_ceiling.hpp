#pragma once

#include "dko/system/instruction_set.hpp"

namespace dko {

/// Elements a second that one core of this machine computes, an element being one gene's output after one
/// knockout: the dense pair kernel's own three operations (a product subtracted, the larger of two, a sum;
/// four on x86 without fused multiply-add; the compiler adds a copy between registers, which most processors
/// drop) on whole vectors that are in registers, in as many sums as it takes for none to wait. A kernel of
/// this form hardly passes it: loads, stores and ends of rows come on top. The mean of about `seconds`: a
/// processor's clock changes from millisecond to millisecond, and what is compared with it is a mean as well.
/// `instructions` must be available. Local.
double measure_kernel_ceiling(InstructionSet instructions, double seconds);

}  // namespace dko
