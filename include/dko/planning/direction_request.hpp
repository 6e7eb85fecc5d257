#pragma once
// From which cells toward which, as users ask for it.

#include <cstdint>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/from_to.hpp"
#include "dko/workflow/input_data.hpp"

namespace dko {

struct DirectionRequest {
  std::string from;            ///< condition on cells; empty: no direction is asked for
  std::string toward;          ///< likewise; or
  std::string toward_profile;  ///< a file with two columns, gene and value

  bool is_given() const { return !from.empty(); }

  /// What load_input() is to find.
  std::vector<NamedCells> ends() const;
};

/// The request for these data, of which `ends` are the cells. Warns of cells that are in both. A profile
/// must have a value for each gene of the data, and is scaled to sum to one over them. Local.
/// @throws InputError for ends without cells, or of the same cells, and for a profile that is none
FromTo from_to_of(const DirectionRequest& request, std::vector<std::vector<std::int32_t>> ends,
                  const ExpressionMatrix& matrix, Log& log);

/// The profile in such a file, over the genes of the matrix: a header, or none, then a gene and a value ≥ 0
/// in each row. Rows of other genes are passed over. Local. @throws InputError with the file and the line
std::vector<double> read_profile(const std::string& path, const ExpressionMatrix& matrix, Log& log);

}  // namespace dko
