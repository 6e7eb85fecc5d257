#pragma once
// libFuzzer's entry points, called by it or by replay.cpp, and what they start from.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dko::fuzz {

/// Inputs to start from, of the reader that LLVMFuzzerInitialize was told to choose.
std::vector<std::string> first_inputs();

}  // namespace dko::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
