#include "bench_screen_options.hpp"

#include <fmt/format.h>

#include "app/options/common_options.hpp"
#include "app/options/screen_options.hpp"
#include "app/options/training_options.hpp"
#include "dko/base/error.hpp"

namespace dko::app {

void add_bench_screen(CommandLine& line, ScreenBench& bench) {
  line.option("genes", bench.genes, "N", "genes").range(3, 1e6).usual();
  line.option("cells", bench.cells, "C", "cells").range(1, 1e7).usual();
  line.option("expressed", bench.expressed, "E", "genes that each cell expresses").range(3, 1e6).usual();
  line.choice("mapping", bench.kind, mapping_choices(), "the original's two layers, or a sparse mapping");
  line.option("hidden", bench.hidden, "H", "hidden units of the layers; 0: as many as genes").range(0, 1e6);
  line.option("nonzeros", bench.nonzeros, "Z", "effects of each gene of the sparse mapping").range(0, 1e5);
  line.option("effect", bench.effect, "F",
              "size of all effects on an output of the layers together, as a part of it")
      .range(0, 1e6);
  add_seed(line, bench.seed, "seed for the synthetic data");
  add_screen_options(line, bench.screen);
  line.check([&bench](const CommandLine& parsed) {
    for (const char* option : {"from", "toward", "toward-profile"}) {
      if (parsed.given(option))
        throw UsageError(fmt::format("--{}: synthetic cells have no columns, and no direction", option));
    }
    if (bench.expressed > bench.genes)
      throw UsageError(
          fmt::format("--expressed must be between 3 and {}, not {}", bench.genes, bench.expressed));
  });
}

}  // namespace dko::app
