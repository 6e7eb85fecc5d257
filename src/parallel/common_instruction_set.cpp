#include "dko/parallel/common_instruction_set.hpp"

#include <algorithm>
#include <cstdint>

namespace dko {

InstructionSet common_instruction_set(const Communicator& ranks, InstructionSet widest) {
  const auto own = static_cast<std::int32_t>(std::min(widest, widest_instruction_set()));
  return static_cast<InstructionSet>(-ranks.max(-own));
}

}  // namespace dko
