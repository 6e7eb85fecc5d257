#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace dko {

/// The instruction sets that the kernels of screens and trainings have versions for; one program holds all.
/// Each gives the same bits on every machine that runs the same program; between them scores are equal to
/// rounding.
enum class InstructionSet { portable, avx2, avx512 };

/// The narrowest first.
inline constexpr std::array every_instruction_set{InstructionSet::portable, InstructionSet::avx2,
                                                  InstructionSet::avx512};

/// Whether this program has it and this machine can run it: all of x86-64-v3 or v4, which the compiler uses.
/// Local.
bool is_available(InstructionSet set);

/// The widest that is available, whatever the environment allows. Local.
InstructionSet widest_instruction_set();

/// The widest that the environment lets be used, by DKO_INSTRUCTIONS; nothing where that is not set or empty.
/// Local. @throws UsageError if it names none
std::optional<InstructionSet> instruction_set_of_environment();

/// The widest that is available and that the environment allows: what is used where nothing else is asked
/// for. Local. @throws UsageError as instruction_set_of_environment()
InstructionSet best_instruction_set();

/// "portable", "avx2", "avx512".
std::string_view name_of(InstructionSet set);
std::optional<InstructionSet> instruction_set_named(std::string_view name);

}  // namespace dko
