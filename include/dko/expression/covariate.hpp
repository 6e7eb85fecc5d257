#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dko/base/names.hpp"

namespace dko {

/// How a column of the cells becomes numbers. A categorical one has an indicator, 0 or 1, for each category
/// but the first, which is that of cells with zeros alone; a numeric one is (x − mean)/sd.
struct Covariate {
  std::string title;
  Names categories = {};  ///< two or more; empty: numeric
  double mean = 0;
  double sd = 1;

  bool is_categorical() const { return !categories.empty(); }
  /// Numbers for each cell.
  std::int64_t width() const { return is_categorical() ? std::ssize(categories) - 1 : 1; }

  friend bool operator==(const Covariate&, const Covariate&) = default;
};

using Covariates = std::vector<Covariate>;

/// Numbers for each cell of all of them.
inline std::int64_t covariate_width(const Covariates& covariates) {
  std::int64_t width = 0;
  for (const Covariate& covariate : covariates) width += covariate.width();
  return width;
}

}  // namespace dko
