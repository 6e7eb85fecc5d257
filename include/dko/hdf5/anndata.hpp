#pragma once
// Writes the parts of an AnnData file (on-disk format 0.1.0), for anndata 0.8 and newer. All calls are local
// and throw IoError.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "dko/base/names.hpp"
#include "dko/hdf5/file.hpp"

namespace dko::hdf5 {

/// Marks a new file as AnnData and makes its mappings, all empty: layers, obsm, varm, obsp, varp and uns.
void begin_anndata(File& file);

/// A mapping of further elements.
Location create_dict(Location& parent, const std::string& name);

/// A csr_matrix of float32 whose data are still to be written, in any pieces: row r has the columns
/// indices[starts[r]] to indices[starts[r+1] − 1]. Both arrays are stored in 32 bits if they fit, else in 64:
/// SciPy slices only where they are of one type.
Dataset create_csr(Location& parent, const std::string& name, std::span<const std::int64_t> starts,
                   std::span<const std::int32_t> indices, std::int64_t columns);

/// Another with the entries of `like`, a csr_matrix of the same file: its arrays of indices are one copy.
Dataset create_csr_like(Location& parent, const std::string& name, const Location& like, const Shape& shape);

/// A data frame: an index of texts, and columns that are added one by one, each as long as the index.
class DataFrame {
 public:
  DataFrame(Location& parent, const std::string& name, const Names& index);
  /// The index is another name for an array of texts of the same file: no copy.
  DataFrame(Location& parent, const std::string& name, const Location& from, const std::string& index);

  /// Whether there is such a column so far.
  bool has(const std::string& column) const {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
  }
  void add(const std::string& column, std::span<const std::int32_t> values) { add_array(column, values); }
  void add(const std::string& column, std::span<const double> values) { add_array(column, values); }
  void add(const std::string& column, const Names& values);
  /// A categorical column: of each row the place of its category, or −1 for none.
  void add(const std::string& column, std::span<const std::int32_t> codes, const Names& categories);

 private:
  template <class T>
  void add_array(const std::string& column, std::span<const T> values) {
    group_.write(column, values);
    group_.set_encoding(column, "array", "0.2.0");
    note(column);
  }
  void begin();
  void note(const std::string& column);

  Location group_;
  Names columns_;
};

}  // namespace dko::hdf5
