#pragma once
// Which knockouts to score, as run and screen are asked to.

#include <optional>

#include "dko/command_line/command_line.hpp"
#include "dko/planning/screen_request.hpp"

namespace dko::app {

/// Options --order, --sample, --score, --events, --knockout-genes, --knockout-cells, --base and
/// --instructions, and those of add_keep_options().
void add_screen_options(CommandLine& line, ScreenRequest& options);
/// An option --base.
Option& add_base(CommandLine& line, std::optional<Base>& base);
/// An option --instructions. `help` says for what.
Option& add_instructions(CommandLine& line, std::optional<InstructionSet>& instructions, const char* help);

}  // namespace dko::app
