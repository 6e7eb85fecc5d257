#pragma once
// dko estimate --all-effects: what dko effects will take.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dko/command_line/command_line.hpp"
#include "dko/planning/effects_estimate.hpp"

namespace dko::app {

/// What is asked beside the options that a screen has, too.
struct AllEffectsOptions {
  bool asked = false;
  EffectsOptions effects;
};

/// --all-effects, and those options of dko effects that change what it takes.
void add_effects_options(CommandLine& line, AllEffectsOptions& options);

/// @throws UsageError for options of effects without --all-effects, and with it for those of a screen
void check_effects_options(const CommandLine& parsed, bool asked);

nlohmann::ordered_json to_json(const EffectsEstimate& estimate);

/// As a table for people.
std::string text_of(const EffectsEstimate& estimate);

}  // namespace dko::app
