#pragma once

#include <filesystem>

#include "dko/base/log.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// Reads a matrix in any format the program knows (src/expression/format.hpp lists them), checks it, and
/// says in the log what was read. Local.
/// @throws InputError that names the file, the line and the column or gene, for anything that is not a
///         matrix of finite, non-negative values with at least two genes and one expressing cell.
ExpressionMatrix read_expression(const std::filesystem::path& path, Log& log);

}  // namespace dko
