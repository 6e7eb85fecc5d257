// The reader is chosen by --reader=NAME; NAME-bytes gives an HDF5 reader the input
// as it is, NAME an edited seed (edits.hpp). --seeds=FOLDER writes what to start from and ends; --write=FILE
// writes the file that an input (the next argument) stands for.
//
// Readers may throw Error with the exit codes 3 and 4. All else is a finding: another exception, what the
// sanitizers see, more memory or time than the limits that scripts/fuzz.sh and replay.sh set.

#include "target.hpp"

#include <hdf5.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/hdf5/handle.hpp"
#include "edits.hpp"
#include "readers.hpp"
#include "support/testing.hpp"

namespace {

using namespace dko;
namespace fs = std::filesystem;

constexpr std::string_view bytes_suffix = "-bytes";

struct Target {
  const fuzz::Reader* reader = nullptr;
  bool edits_seeds = false;
  std::vector<std::string> seeds;
};

Target& target() {
  static Target chosen;
  return chosen;
}

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "dko_fuzz: %s\n", what.c_str());
  std::_Exit(2);
}

void choose(std::string_view name) {
  const bool as_bytes = name.ends_with(bytes_suffix);
  if (as_bytes) name.remove_suffix(bytes_suffix.size());
  for (const fuzz::Reader& reader : fuzz::readers()) {
    if (reader.name != name || (as_bytes && !reader.is_hdf5)) continue;
    target() = {&reader, reader.is_hdf5 && !as_bytes, reader.seeds()};
    return;
  }
  give_up("there is no reader " + std::string(name));
}

void print_readers() {
  for (const fuzz::Reader& reader : fuzz::readers()) {
    std::printf("%s\n", std::string(reader.name).c_str());
    if (reader.is_hdf5) std::printf("%s-bytes\n", std::string(reader.name).c_str());
  }
}

std::string file_of(std::span<const std::uint8_t> input) {
  if (target().edits_seeds) return fuzz::edited(target().seeds, input);
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

void write_seeds(const fs::path& folder) {
  std::size_t number = 0;
  for (const std::string& seed : fuzz::first_inputs())
    testing::write_file(folder / ("seed" + std::to_string(number++)), seed);
}

}  // namespace

std::vector<std::string> dko::fuzz::first_inputs() {
  return target().edits_seeds ? first_edits(target().seeds) : target().seeds;
}

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  hdf5::prepare_library();
  const auto value_of = [](std::string_view word, std::string_view option) {
    return word.starts_with(option) ? std::string(word.substr(option.size())) : std::string();
  };
  for (int at = 1; at < *argc; ++at) {
    const std::string_view word = (*argv)[at];
    if (word == "--readers") {
      print_readers();
      std::exit(0);
    }
    if (const auto name = value_of(word, "--reader="); !name.empty()) choose(name);
    if (const auto folder = value_of(word, "--seeds="); !folder.empty()) {
      write_seeds(folder);
      std::exit(0);
    }
    if (const auto file = value_of(word, "--write="); !file.empty() && at + 1 < *argc) {
      const std::string input = testing::read_file((*argv)[at + 1]);
      testing::write_file(file, file_of({reinterpret_cast<const std::uint8_t*>(input.data()), input.size()}));
      std::exit(0);
    }
  }
  if (target().reader == nullptr) give_up("give --reader=NAME; --readers lists them");
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const testing::TemporaryFolder folder;
  static std::size_t runs = 0;
  const fs::path file = folder / "input";
  fs::remove(file);  // a file that the library has left open must not be taken for this one
  testing::write_file(file, file_of({data, size}));
  try {
    target().reader->read(file);
  } catch (const Error& error) {
    const bool is_expected = error.code() == ExitCode::input || error.code() == ExitCode::io;
    if (!is_expected) {
      std::fprintf(stderr, "dko_fuzz: exit code %d: %s\n", static_cast<int>(error.code()), error.what());
      std::abort();
    }
  }
  constexpr std::size_t seldom = 256;
  if (++runs % seldom == 0) H5garbage_collect();
  return 0;
}
