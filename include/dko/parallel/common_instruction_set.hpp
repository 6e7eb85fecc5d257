#pragma once

#include "dko/parallel/communicator.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko {

/// The widest that every rank has, whatever the environment allows, and none passed a narrower one than: so
/// that all ranks of a job give the same bits, on whatever nodes they are. Collective.
InstructionSet common_instruction_set(const Communicator& ranks, InstructionSet widest);

}  // namespace dko
