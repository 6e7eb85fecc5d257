#include "dko/system/instruction_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "dko/base/error.hpp"

namespace dko {

namespace {

#ifdef DKO_HAS_X86_KERNELS
// clang before 19 knows no names of levels; these features tell their processors from those below.
#if defined(__clang__) && __clang_major__ < 19
bool has_x86_64_v3() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}
bool has_x86_64_v4() {
  return has_x86_64_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}
#else
bool has_x86_64_v3() {
  return __builtin_cpu_supports("x86-64-v3");
}
bool has_x86_64_v4() {
  return __builtin_cpu_supports("x86-64-v4");
}
#endif
#endif

}  // namespace

InstructionSet widest_instruction_set() {
  InstructionSet widest = InstructionSet::portable;
  for (const InstructionSet set : every_instruction_set) {
    if (is_available(set)) widest = set;
  }
  return widest;
}

bool is_available(InstructionSet set) {
  switch (set) {
    case InstructionSet::portable:
      return true;
#ifdef DKO_HAS_X86_KERNELS
    case InstructionSet::avx2:
      return has_x86_64_v3();
    case InstructionSet::avx512:
      return has_x86_64_v4();
#endif
    default:
      return false;
  }
}

std::optional<InstructionSet> instruction_set_of_environment() {
  const char* const name = std::getenv("DKO_INSTRUCTIONS");
  if (name == nullptr || *name == '\0') return std::nullopt;
  if (const auto set = instruction_set_named(name)) return set;
  throw UsageError(
      fmt::format("DKO_INSTRUCTIONS in the environment must be portable, avx2 or avx512, not '{}'", name));
}

InstructionSet best_instruction_set() {
  return std::min(widest_instruction_set(),
                  instruction_set_of_environment().value_or(every_instruction_set.back()));
}

std::optional<InstructionSet> instruction_set_named(std::string_view name) {
  for (const InstructionSet set : every_instruction_set) {
    if (name_of(set) == name) return set;
  }
  return std::nullopt;
}

std::string_view name_of(InstructionSet set) {
  constexpr std::array<std::string_view, every_instruction_set.size()> names{"portable", "avx2", "avx512"};
  return names[static_cast<std::size_t>(set)];
}

}  // namespace dko
