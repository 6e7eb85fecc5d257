#pragma once
// Names of a screen file's parts, known to its writer and its reader.

#include "dko/hdf5/header.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/results/screen_file/completion_count.hpp"

namespace dko::screen_layout {

constexpr hdf5::FileKind kind = screen_kind;

constexpr auto genes = "genes";
constexpr auto cells = "cells";
constexpr auto name = "name";
constexpr auto id = "id";
constexpr auto n_genes = "n_genes";
constexpr auto total = "total";            ///< under cells/: T, of another base than the fitted one
constexpr auto covariates = "covariates";  ///< under cells/: their numbers, if the mapping has such
constexpr auto observed = "observed";      ///< under single/: p of the targets, likewise

/// AnnData's data frame of the columns of the cells; absent where there are none, and in older files.
constexpr auto obs = "obs";

constexpr auto single = "single";
constexpr auto double_ = "double";
constexpr auto list = "list";
constexpr auto data = "data";
constexpr auto indices = "indices";
constexpr auto indptr = "indptr";
constexpr auto event_genes = "genes";
constexpr auto event_cell = "cell";

/// Attributes: what of the double knockouts is kept (text_of), and by what; absent where all there were are.
constexpr auto keep = "keep";
constexpr auto keep_by = "keep_by";

constexpr auto training = "training";
constexpr auto quality = "quality";
constexpr auto fdr = "fdr";

/// What shift and approach are along, where they are scored (direction_file.hpp).
constexpr auto direction = "direction";

/// Attribute: by how many mappings it was made; absent in files that know of one only.
constexpr auto members = "members";

/// Attribute: what was scored on ("fitted", "shrunk", "observed"); absent in files by 0.1: fitted.
constexpr auto base = "base";

/// Attributes, absent in files of plain knockouts: 1 where the single and double events, and kept or sampled
/// pairs, switch genes on; F, the part of their presence that lost genes keep.
constexpr auto activation = "activation";
constexpr auto knockdown = "knockdown";
/// Under list/, where any of its genes is switched on: 1 of those, 0 of those that are lost, like genes.
constexpr auto event_added = "added";

/// Attribute: with what instructions pairs were scored.
constexpr auto instruction_set = "instruction_set";

/// The record of what is on disk: groups single/, double/ and list/, each with attributes block and events,
/// and for every stored score u64[blocks], the block_checksum of the floats of events [b·block, (b+1)·block);
/// 0 of a block that is not there; summary/ likewise by rows (summary_layout.hpp). Its attributes tell which
/// screen it is of (screen_identity.hpp).
constexpr auto progress = "progress";
constexpr auto block = "block";
constexpr auto events = "events";
constexpr auto job = "job";  ///< attribute of progress: tells this file from others of the same screen

/// Attributes that are given their value when all is there.
constexpr auto complete = "complete";
constexpr auto finished = "finished";
constexpr auto screen_seconds = "screen_seconds";
constexpr auto training_seconds = "training_seconds";
constexpr auto resumed = "resumed";
constexpr auto ranks_at_end = "ranks_at_end";
constexpr auto job_at_end = "job_at_end";  ///< the scheduler's, of fixed size

constexpr const char* group_of(ScoreArray array) {
  return array == ScoreArray::singles ? single : array == ScoreArray::pairs ? double_ : list;
}

/// Under single/, double/ and list/.
constexpr PerScore<const char*> score_names{"impact", "network",  "impact_sd", "network_sd", "share",
                                            "shift",  "shift_sd", "approach",  "approach_sd"};
constexpr const char* name_of(Score score) {
  return score_names[score];
}

}  // namespace dko::screen_layout
