#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "dko/base/provenance.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/hdf5/header.hpp"

namespace dko {

/// What the attributes of the root group say of it.
inline constexpr hdf5::FileKind expression_kind{"dko expression", 1};

/// Further values of the same cells and genes, by name.
using Layers = std::vector<std::pair<std::string, ExpressionMatrix>>;

/// Columns of text of the same cells, by name.
using CellColumns = std::vector<std::pair<std::string, Names>>;

/// Writes an AnnData file (on-disk format 0.1.0): X and each of `layers` as csr_matrix of float32, cells ×
/// genes, names in obs and var, `columns` in obs; the provenance in attributes of the root group. Local.
/// @throws IoError
void write_h5ad(const std::filesystem::path& path, const ExpressionMatrix& x, const Layers& layers,
                const CellColumns& columns, const Provenance& provenance);

/// Approximate file size in bytes.
double h5ad_bytes(const ExpressionMatrix& x, const Layers& layers);

}  // namespace dko
