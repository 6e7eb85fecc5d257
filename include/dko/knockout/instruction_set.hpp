#pragma once

#include <array>
#include <string_view>

namespace dko {

/// The instruction sets that the pair kernel has a version for; one program holds all of them. Each gives the
/// same bits on every machine; between them scores are equal to rounding.
enum class InstructionSet { portable, avx2, avx512 };

/// The narrowest first.
inline constexpr std::array every_instruction_set{InstructionSet::portable, InstructionSet::avx2,
                                                  InstructionSet::avx512};

/// Whether this program has it and this machine can run it. Local.
bool is_available(InstructionSet set);

/// The widest that is available. Local.
InstructionSet best_instruction_set();

/// "portable", "avx2", "avx512".
std::string_view name_of(InstructionSet set);

}  // namespace dko
