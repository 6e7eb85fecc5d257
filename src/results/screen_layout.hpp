#pragma once
// Names of a screen file's parts, known to its writer and its reader.

#include "dko/hdf5/header.hpp"
#include "dko/knockout/score.hpp"

namespace dko::screen_layout {

constexpr hdf5::FileKind kind{"dko screen", 1};

constexpr auto genes = "genes";
constexpr auto cells = "cells";
constexpr auto name = "name";
constexpr auto id = "id";
constexpr auto n_genes = "n_genes";

constexpr auto single = "single";
constexpr auto double_ = "double";
constexpr auto list = "list";
constexpr auto data = "data";
constexpr auto indices = "indices";
constexpr auto indptr = "indptr";
constexpr auto event_genes = "genes";
constexpr auto event_cell = "cell";

/// Checksums of score arrays, block by block of events: progress/single/impact and so on, u64, 0 for a block
/// that is not on the disk. Attribute block of progress/single and its like: events of a block. Blocks of the
/// pairs that are kept begin where parts of ranks do: progress/list/starts is the first event of each, and
/// their end; of them event_genes and event_cell have checksums, too.
constexpr auto progress = "progress";
constexpr auto block = "block";
constexpr auto starts = "starts";

/// Attributes: what of the double knockouts is kept (text_of), and by what; absent where all there were are.
constexpr auto keep = "keep";
constexpr auto keep_by = "keep_by";

constexpr auto training = "training";
constexpr auto quality = "quality";

/// Attribute: by how many mappings it was made; absent in files that know of one only.
constexpr auto members = "members";

/// Attribute: with what instructions pairs were scored.
constexpr auto instruction_set = "instruction_set";

/// Under single/, double/ and list/.
constexpr PerScore<const char*> score_names{"impact", "network", "impact_sd", "network_sd", "share"};
constexpr const char* name_of(Score score) {
  return score_names[score];
}

}  // namespace dko::screen_layout
