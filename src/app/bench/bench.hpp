#pragma once
// dko bench: what the machine gives, and what dko makes of it. One file per bench.

#include <string>
#include <string_view>
#include <vector>

#include "app/command.hpp"

namespace dko::app {

/// One bench, the second word of the command. Every rank runs it with the same arguments, those after that
/// word.
struct Bench {
  std::string_view name;
  std::string_view summary;
  void (*run)(const std::vector<std::string>& arguments, const Context& context);
};

void bench_io(const std::vector<std::string>& arguments, const Context& context);
void bench_kernel(const std::vector<std::string>& arguments, const Context& context);
void bench_screen(const std::vector<std::string>& arguments, const Context& context);
void bench_shards(const std::vector<std::string>& arguments, const Context& context);
void bench_train(const std::vector<std::string>& arguments, const Context& context);

}  // namespace dko::app
