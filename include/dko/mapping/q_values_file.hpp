#pragma once
// Q-values in files: of a member in model.h5, of the genes in screen.h5.

#include <vector>

#include "dko/hdf5/location.hpp"
#include "dko/mapping/q_values.hpp"

namespace dko {

/// Writes q_value float64[effects] and gene_q_value float64[N]; nothing if they were not computed. Local.
/// @throws IoError
void write_q_values(hdf5::Location& mapping, const QValues& q);

/// The same of so many effects and genes; empty from a file that does not have them. Local.
/// @throws InputError for arrays of other lengths, or values outside of 0 to 1
QValues read_q_values(const hdf5::Location& mapping, std::int64_t effects, std::int64_t genes);

/// Bytes of those of the genes in a file.
double gene_q_values_bytes(std::int64_t genes);

/// Writes gene_q_value float64[N]; nothing if `genes` is empty. Local. @throws IoError
void write_gene_q_values(hdf5::Location& location, const std::vector<double>& genes);

/// Empty from a file that does not have it. Local. @throws InputError likewise
std::vector<double> read_gene_q_values(const hdf5::Location& location, std::int64_t genes);

}  // namespace dko
