#include "other_programs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "dko/base/text.hpp"
#include "dko/hdf5/header.hpp"
#include "matrix_market_files.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

using std::string_view_literals::operator""sv;

constexpr auto from_r =
    "is a file of R objects: write the counts from R, such as Matrix::writeMM(counts, \"matrix.mtx\") with "
    "genes.tsv and barcodes.tsv beside it";

struct Mark {
  std::string_view start;
  std::string_view what;
};

/// Files that are not text, or are text and never a table.
constexpr std::array marks{
    Mark{"RDX2", from_r},
    Mark{"RDX3", from_r},
    Mark{"X\n", from_r},
    Mark{"A\n2", from_r},
    Mark{"A\n3", from_r},
    Mark{"\xFF\xFE", "is text in UTF-16: save it as UTF-8"},
    Mark{"\xFE\xFF", "is text in UTF-16: save it as UTF-8"},
    Mark{"BZh", "is compressed by bzip2, which dko does not read: unpack it first, bzip2 -d"},
    Mark{"\xFD"
         "7zXZ",
         "is compressed by xz, which dko does not read: unpack it first, xz -d"},
    Mark{"\x28\xB5\x2F\xFD", "is compressed by zstd, which dko does not read: unpack it first, zstd -d"},
    Mark{"PAR1", "is a Parquet file: save the table as CSV, in Python pandas.read_parquet(…).to_csv(…)"},
    Mark{"ARROW1", "is an Arrow file: save the table as CSV, in Python pandas.read_feather(…).to_csv(…)"},
    Mark{"\x93NUMPY", "is a NumPy array without names: save it as CSV, in Python numpy.savetxt"},
    Mark{"MATLAB 5", "is a MATLAB file: save the matrix as CSV or MatrixMarket"},
    Mark{"%PDF", "is a PDF document, not expression data"},
    Mark{"version https://git-lfs", "is a pointer of Git LFS, not the data: get them, git lfs pull"},
};

/// Texts of the web that were saved for data, by how they begin in lower case.
constexpr std::array pages{"<!doctype html"sv, "<html"sv, "<?xml"sv};

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool is_tar(std::string_view start) {
  constexpr std::size_t place = 257;
  return start.size() > place && start.substr(place).starts_with("ustar");
}

std::string zip_words(std::string_view start) {
  if (start.find(".npy") != std::string_view::npos)
    return "is a NumPy archive (.npz): write it again, in Python scipy.io.mmwrite(\"matrix.mtx\", "
           "scipy.sparse.load_npz(…)) with genes.tsv and barcodes.tsv beside it";
  if (start.find(".zarray") != std::string_view::npos || start.find(".zgroup") != std::string_view::npos ||
      start.find("zarr.json") != std::string_view::npos)
    return "is a zarr store in a zip file: unpack it, and write it as h5ad, in Python "
           "anndata.read_zarr(…).write_h5ad(\"x.h5ad\")";
  return "is a zip or Excel file: unpack it, or save the table as CSV";
}

/// Files of other programs by their first bytes.
std::optional<std::string> by_start(std::string_view start) {
  for (const Mark& mark : marks) {
    if (start.starts_with(mark.start)) return std::string(mark.what);
  }
  if (start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06")) return zip_words(start);
  if (is_tar(start)) return "is a tar archive: unpack it first, tar -xf, and give what is in it";
  const std::string text = lower_case(without_blanks(start));
  for (const std::string_view page : pages) {
    if (text.starts_with(page))
      return "is a page of the web (HTML or XML), not data: download the file again";
  }
  return std::nullopt;
}

/// HDF5 inside of gzip, which HDF5 cannot read.
std::optional<std::string> gzipped_hdf5(const Source& source) {
  if (!source.is_gzip || !source.start.starts_with("\x89HDF\r\n\x1a\n")) return std::nullopt;
  return fmt::format(
      "is an HDF5 file that was compressed as a whole: unpack it first, gunzip -k {} (HDF5 files can "
      "compress "
      "their arrays themselves)",
      source.path.string());
}

std::string words_for_hdf5(const fs::path& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  if (file.has_attribute("format"))
    return fmt::format("is a {} file, not expression data", hdf5::format_of(file));
  if (file.has("mod"))
    return "is a MuData file: write one modality, in Python mdata[\"rna\"].write_h5ad(\"rna.h5ad\")";
  if (file.has("row_attrs") && file.has("col_attrs"))
    return "is a loom file: convert it, in Python scanpy.read_loom(\"x.loom\").write_h5ad(\"x.h5ad\")";
  if (file.has("assays"))
    return "is an h5Seurat file: convert it, in R SeuratDisk::Convert(\"x.h5seurat\", dest = \"h5ad\")";
  if (file.has("barcode_idx") && file.has("umi"))
    return "is 10x's list of molecules (molecule_info.h5): give the filtered_feature_bc_matrix.h5 beside it";
  return fmt::format("is an HDF5 file that is neither AnnData nor 10x: it holds {}",
                     fmt::join(file.children(), ", "));
}

bool has_any(const fs::path& folder, std::initializer_list<const char*> names) {
  std::error_code error;
  return std::any_of(names.begin(), names.end(),
                     [&](const char* name) { return fs::exists(folder / name, error); });
}

/// What in a folder might be meant: files that dko reads, and folders with a matrix.
std::vector<std::string> candidates_in(const fs::path& folder) {
  constexpr std::array endings{".h5ad", ".h5", ".csv", ".tsv", ".csv.gz", ".tsv.gz"};
  std::vector<std::string> found;
  for (const fs::path& entry : entries_of(folder)) {
    const std::string name = entry.filename().string();
    std::error_code error;
    if (fs::is_directory(entry, error)) {
      if (has_any(entry, {"matrix.mtx", "matrix.mtx.gz"})) found.push_back(name);
    } else if (std::any_of(endings.begin(), endings.end(),
                           [&](const char* end) { return name.ends_with(end); })) {
      found.push_back(name);
    }
  }
  return found;
}

std::optional<std::string> words_for_folder(const fs::path& folder) {
  if (has_any(folder, {".zgroup", ".zarray", ".zattrs", ".zmetadata", "zarr.json"}))
    return fmt::format(
        "is a zarr store, which dko does not read: write it as h5ad, in Python "
        "anndata.read_zarr(\"{}\").write_h5ad(\"x.h5ad\")",
        folder.string());
  if (has_any(folder, {"__tiledb_group.tdb", "__group", "__tiledb_array.tdb"}))
    return "is a TileDB store, which dko does not read: write it as h5ad, in Python tiledbsoma.io.to_h5ad";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> named_as_foreign(const Source& source) {
  if (source.is_folder) return words_for_folder(source.path);
  if (const auto words = gzipped_hdf5(source)) return words;
  return by_start(source.start);
}

std::string way_out(const Source& source) {
  if (source.is_folder) {
    const std::vector<std::string> found = candidates_in(source.path);
    return fmt::format(
        "is a directory without a MatrixMarket file (.mtx or .mtx.gz){}",
        found.empty() ? std::string() : fmt::format("; it has {}: give one of them", fmt::join(found, ", ")));
  }
  if (source.is_hdf5) return words_for_hdf5(source.path);
  if (source.is_gzip || source.start.empty()) return "is corrupt or truncated: gzip data that cannot be read";
  return "is in no format that dko reads (h5ad, 10x HDF5, MatrixMarket, CSV or TSV)";
}

}  // namespace dko
