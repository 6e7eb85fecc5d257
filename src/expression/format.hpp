#pragma once
// Where formats plug in. A format is one row of the table in reader.cpp.

#include <filesystem>
#include <string>
#include <string_view>

#include "dko/base/log.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/expression/overview.hpp"
#include "dko/expression/reader.hpp"

namespace dko {

/// What tells the formats apart.
struct Source {
  std::filesystem::path path;
  bool is_folder = false;
  bool is_gzip = false;
  bool is_hdf5 =
      false;          ///< also behind a block of another program's, such as the text that MuData begins with
  std::string start;  ///< up to 4,096 bytes, decompressed if gzip; empty for a folder
};

/// Which of the read options mean something to a format.
struct FormatOptions {
  bool layer = false;  ///< --layer and --raw
  bool genome = false;
  bool orientation = false;
};

struct Format {
  std::string_view name;
  FormatOptions knows;
  bool (*accepts)(const Source& source);
  ExpressionMatrix (*read)(const std::filesystem::path& path, const ReadOptions& options, Log& log);
};

/// AnnData, on-disk formats from h5sparse and compound annotations (0.6) to today's.
bool accepts_h5ad(const Source& source);
ExpressionMatrix read_h5ad(const std::filesystem::path& path, const ReadOptions& options, Log& log);
CellColumn read_h5ad_cell_column(const std::filesystem::path& path, const std::string& name);
Names h5ad_cell_column_titles(const std::filesystem::path& path);
/// What it has beside the matrix that these options read.
AnnDataContents h5ad_contents(const std::filesystem::path& path, const ReadOptions& read);
/// Whether it is of plain numbers, found without reading them; false where that is not known.
bool is_numeric_h5ad_cell_column(const std::filesystem::path& path, const std::string& name);

/// 10x Genomics HDF5: version 2 (a group per genome) and 3 (one group, features of several types).
bool accepts_tenx(const Source& source);
ExpressionMatrix read_tenx(const std::filesystem::path& path, const ReadOptions& options, Log& log);

/// MatrixMarket, a file or a folder with one, plain or gzip, beside lists of its genes and cells.
bool accepts_matrix_market(const Source& source);
ExpressionMatrix read_matrix_market(const std::filesystem::path& path, const ReadOptions& options, Log& log);

/// Delimited text, plain or gzip, without names (the original's format), or with a header of column names and
/// a first column of row names, or with either alone.
bool accepts_text(const Source& source);
ExpressionMatrix read_text(const std::filesystem::path& path, const ReadOptions& options, Log& log);

/// Gives genes and cells names of their own where some are alike, by accession where there are any, with a
/// warning. `ids` is empty or has one per gene.
ExpressionMatrix with_unique_names(const ExpressionMatrix& matrix, const Names& ids,
                                   const std::filesystem::path& path, Log& log);

/// What holds for a matrix of any format. @throws InputError for fewer than two genes or no expressing cell,
/// names that are not UTF-8, and sums of repeated entries that are not finite.
void check_matrix(const ExpressionMatrix& matrix, const std::filesystem::path& path);

/// Whether names look like barcodes of cells: mostly with a long run of A, C, G, T.
bool look_like_barcodes(const Names& names);

}  // namespace dko
