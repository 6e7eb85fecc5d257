#pragma once
// HDF5 files that are sound as files and wrong in what they hold: a seed, edited through the HDF5 library as
// the bytes of an input say. Blind changes of bytes hardly get past the library.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dko::fuzz {

/// The first byte chooses the seed; each edit takes some of those that follow. Returns the file.
std::string edited(const std::vector<std::string>& seeds, std::span<const std::uint8_t> edits);

/// Inputs to start from: every seed as it is, and each with one edit of every kind.
std::vector<std::string> first_edits(const std::vector<std::string>& seeds);

}  // namespace dko::fuzz
