#pragma once

#include <optional>
#include <string>

#include "dko/expression/cell_column.hpp"
#include "dko/hdf5/location.hpp"

namespace dko {

/// Annotation of cells or genes in an AnnData file (obs, var), as any version of anndata writes it: a group
/// of columns, or, before 0.7, an array of records.
class DataFrame {
 public:
  /// `file` is the root group, where old versions keep categories. @throws InputError if there is no such
  /// frame.
  DataFrame(const hdf5::Location& file, const hdf5::Location& parent, std::string name);

  /// "file:/obs", for messages.
  const std::string& place() const { return place_; }
  /// The names of the rows. @throws InputError if they cannot be read.
  Names index() const;
  bool has(const std::string& column) const;
  Names columns() const;
  /// Whether a column is of plain numbers; false where that is not known without reading it.
  bool is_numeric(const std::string& title) const;
  /// @throws InputError if there is no such column, or it is of no kind known here.
  CellColumn column(const std::string& title) const;

 private:
  std::string index_name() const;
  CellColumn grouped_column(const std::string& title) const;
  std::optional<Names> categories_of(const std::string& column) const;

  const hdf5::Location& file_;
  std::string name_;
  std::string place_;
  std::optional<hdf5::Location> group_;
  std::optional<hdf5::Dataset> records_;
};

}  // namespace dko
