#pragma once

#include <cstdint>
#include <filesystem>

#include "dko/base/log.hpp"
#include "dko/base/names.hpp"
#include "features.hpp"
#include "matrix_market_files.hpp"

namespace dko {

/// What the lists beside a matrix say; of a list that is not there, nothing.
struct NamesOfMatrix {
  Features features;
  Names cells;
};

/// Reads the lists of a matrix of this shape. A list has columns between tabs, or commas if its name ends in
/// .csv. Lists of genes have names; or accessions and names; or both and their types; or a header that says
/// which is which. Of cells the first column counts. A column of line numbers, as R and pandas write it, is
/// left out. Says in the log which file names what, and what is read otherwise than it may have been meant.
/// @throws InputError for a list that cannot be read, or needs more than `memory` bytes
NamesOfMatrix read_lists(const MatrixMarketFiles& files, std::int64_t rows, std::int64_t columns,
                         double memory, Log& log);

}  // namespace dko
