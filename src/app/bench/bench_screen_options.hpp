#pragma once

#include "dko/benchmark/screen_speed.hpp"
#include "dko/command_line/command_line.hpp"

namespace dko::app {

/// The options that say which screen of synthetic cells it is, with their checks: those of bench screen, and
/// of what reads its file.
void add_bench_screen(CommandLine& line, ScreenBench& bench);

}  // namespace dko::app
