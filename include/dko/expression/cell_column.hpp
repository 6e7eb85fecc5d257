#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dko/base/names.hpp"

namespace dko {

/// What a file says of each of its cells under one title, such as its type or its batch.
struct CellColumn {
  std::string title;
  Names texts;                  ///< one per cell, as they are written; empty where `missing`
  std::vector<double> numbers;  ///< the same as numbers, if the column is of numbers; else empty
  std::vector<bool> missing;    ///< one per cell
  Names categories{};           ///< all that the file knows for it; empty: those of the cells
};

}  // namespace dko
