#pragma once

#include <cstdint>
#include <vector>

#include "dko/expression/matrix_builder.hpp"
#include "dko/hdf5/location.hpp"
#include "entry_check.hpp"
#include "memory_limit.hpp"

namespace dko {

/// A sparse matrix in a group of an HDF5 file: `indptr` divides `indices` and `data` into runs, one per cell
/// (CSR of cells × genes, CSC of genes × cells) or one per gene.
struct CompressedMatrix {
  const hdf5::Location& group;
  bool by_cell = true;
  std::vector<std::int32_t> gene_places =
      {};  ///< of each gene of the file, −1 to leave it out; empty: all as they are
};

/// Adds all entries, block by block. Indices may be unsorted and repeated, zeros may be there. `check` has
/// the names of the cells, and of the genes of the file, before any is left out.
/// @throws InputError for arrays that are inconsistent, or do not fit these numbers of cells and genes, or
/// into memory.
void read_compressed(const CompressedMatrix& matrix, const EntryCheck& check, const MemoryLimit& limit,
                     MatrixBuilder& builder);

/// The same of a dense array, cells × genes.
void read_dense(const hdf5::Dataset& array, const EntryCheck& check, const MemoryLimit& limit,
                MatrixBuilder& builder);

}  // namespace dko
