#pragma once

#include <span>
#include <string>
#include <vector>

#include "dko/base/output_file.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// What the attributes of the root group say of it.
inline constexpr hdf5::FileKind table_export_kind{"dko score table", 1};

/// Events of one array as rows, and what to write of them.
struct TablePart {
  ScoreArray array = ScoreArray::singles;
  std::string group;
  std::vector<Measure> measures;
};

/// What to write of a screen: its singles, pairs and list, as far as it has any of the measures that are
/// wanted, by default all of them. A list that is all there is of singles or pairs stands for them. Local.
std::vector<TablePart> table_parts(const ScreenReader& screen, const std::vector<Measure>& wanted);

/// Approximate file size in bytes.
double table_export_bytes(const ScreenReader& screen, std::span<const TablePart> parts);

/// Writes long tables in HDF5, for pandas and the like: genes/name, cells/name, and a group for each part,
/// with one-dimensional columns of as many rows as it has events: gene (or gene1, gene2, …) and cell, int32
/// numbers of names from 0, and each measure as float32 under its name with _ for -. The group's attribute
/// columns lists them in order. Rows are in the order of export_scores (export.hpp). Copied in blocks, in
/// bounded memory; columns are contiguous. Attributes of the root group: the provenance of the screen, and
/// export_command, the command line of the export. Gives the file its name. Local. @throws IoError
void write_score_tables(OutputFile& output, const ScreenReader& screen, std::span<const TablePart> parts,
                        const std::string& command);

}  // namespace dko
