// A main in place of libFuzzer's, which makes the same inputs every time: --inputs=N of them from the seeds
// of the reader, from number --from=K on, or the files that are named. It does not learn from what an input
// reached, as libFuzzer does (scripts/fuzz.sh), and needs no clang.
//
// Before each input its number is written to `replay-number` and the input to `replay-input`, in the current
// folder: what breaks the reader is then there.

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "dko/base/random.hpp"
#include "support/testing.hpp"
#include "target.hpp"

namespace {

using namespace dko;

constexpr unsigned seconds_per_input = 30;  // on a busy machine and with sanitizers; SIGALRM ends the program
constexpr std::size_t longest = 4096;

const std::array<std::string_view, 16> telling_words{"0",
                                                     "-1",
                                                     "1e400",
                                                     "nan",
                                                     "9223372036854775807",
                                                     "-9223372036854775808",
                                                     "4294967296",
                                                     "\n",
                                                     ",",
                                                     "\t",
                                                     {"\0", 1},
                                                     "\xff\xfe",
                                                     "\"",
                                                     "\r\n",
                                                     "%%",
                                                     "\x1e"};

std::size_t below(RandomStream& random, std::size_t bound) {
  return static_cast<std::size_t>(random.below(static_cast<std::int64_t>(bound)));
}

char any_byte(RandomStream& random) {
  return static_cast<char>(below(random, 256));
}

/// Changes one place: a bit, a byte, a piece that goes, comes twice, or comes from another seed; a telling
/// word.
void mutate(std::string& input, const std::vector<std::string>& seeds, RandomStream& random) {
  const std::size_t at = below(random, input.size() + 1);
  const std::size_t length = 1 + below(random, 16);
  switch (below(random, 7)) {
    case 0:
      if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(random, 8)));
      return;
    case 1:
      if (at < input.size()) input[at] = any_byte(random);
      return;
    case 2:
      input.insert(at, 1, any_byte(random));
      return;
    case 3:
      input.erase(at, length);
      return;
    case 4:
      input.insert(at, input.substr(below(random, input.size() + 1), length));
      return;
    case 5:
      input.replace(at, below(random, 4), telling_words[below(random, telling_words.size())]);
      return;
    default:
      const std::string& other = seeds[below(random, seeds.size())];
      input = input.substr(0, at) + other.substr(below(random, other.size() + 1));
  }
}

/// The seeds first, then each changed in one place or several.
std::string input_of(std::size_t number, const std::vector<std::string>& seeds) {
  if (number < seeds.size()) return seeds[number];
  RandomStream random(number, "fuzz replay");
  std::string input = seeds[below(random, seeds.size())];
  for (std::size_t left = 1 + below(random, 8); left > 0; --left) mutate(input, seeds, random);
  if (input.size() > longest) input.resize(longest);
  return input;
}

void try_input(const std::string& input) {
  alarm(seconds_per_input);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  alarm(0);
}

std::size_t number_after(std::string_view option, int argc, char** argv) {
  for (int at = 1; at < argc; ++at) {
    const std::string_view word = argv[at];
    if (word.starts_with(option)) return std::stoul(std::string(word.substr(option.size())));
  }
  return 0;
}

void try_files(int argc, char** argv) {
  for (int at = 1; at < argc; ++at) {
    if (!std::string_view(argv[at]).starts_with("--")) try_input(testing::read_file(argv[at]));
  }
}

void try_inputs(std::size_t from, std::size_t inputs) {
  const std::vector<std::string> seeds = fuzz::first_inputs();
  for (std::size_t number = from; number < inputs; ++number) {
    const std::string input = input_of(number, seeds);
    testing::write_file("replay-number", std::to_string(number));
    testing::write_file("replay-input", input);
    try_input(input);
  }
}

}  // namespace

int main(int argc, char** argv) {
  LLVMFuzzerInitialize(&argc, &argv);
  try_files(argc, argv);
  try_inputs(number_after("--from=", argc, argv), number_after("--inputs=", argc, argv));
  return 0;
}
