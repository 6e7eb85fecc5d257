#include "bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "dko/base/error.hpp"

namespace dko::app {

namespace {

constexpr std::array benches{
    Bench{"io", "writing scores, beside plain MPI-IO and plain writes", bench_io},
    Bench{"kernel", "scoring pairs, beside the peak of the processor", bench_kernel},
    Bench{"screen", "a whole screen of made-up cells, on all ranks", bench_screen},
    Bench{"shards", "how evenly screens are divided among ranks", bench_shards},
    Bench{"train", "steps of training, beside the memory's bandwidth, and on more ranks", bench_train},
};

std::string names() {
  std::string all;
  for (const Bench& bench : benches) all += (all.empty() ? "" : "|") + std::string(bench.name);
  return all;
}

void print_help() {
  std::cout << fmt::format(
      "Usage: dko bench {} [options]\n\nMeasures parts of dko against what the machine can do.\n\n", names());
  for (const Bench& bench : benches) std::cout << fmt::format("  {:<10}{}\n", bench.name, bench.summary);
  std::cout << "\ndko bench NAME --help tells more.\n\nExample:\n  mpirun -n 2 dko bench io -o bench.h5\n";
}

}  // namespace

void bench_command(const std::vector<std::string>& arguments, const Context& context) {
  const std::string name = arguments.empty() ? "" : arguments[0];
  if (name == "--help" || name == "-h") {
    if (context.communicator.is_root()) print_help();
    return;
  }
  const auto* bench = std::ranges::find(benches, name, &Bench::name);
  if (bench == benches.end())
    throw UsageError(fmt::format("dko bench {}: '{}' is none of them; see dko bench --help", names(), name));
  bench->run({arguments.begin() + 1, arguments.end()}, context);
}

}  // namespace dko::app
