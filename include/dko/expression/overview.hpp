#pragma once
// What a file of expression holds, told before anything is chosen of it: which layer has counts, which
// columns and labels there are to choose cells by, which genes absence can tell of.

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/expression/reader.hpp"

namespace dko {

/// What can be told of values without knowing where they come from.
struct ValuesSeen {
  bool are_whole = false;  ///< all are whole numbers, as counts are
  double largest = 0;
  std::optional<double> total{};  ///< of every cell, within a thousandth, where they are not whole
};

/// In words, for users: "whole numbers, as counts are".
std::string words_of(const ValuesSeen& values);

/// Another matrix of the same file, judged by its first values.
struct OtherMatrix {
  std::string name;  ///< of the layer; empty: raw
  ValuesSeen values;
};

/// What an AnnData file has beside the matrix that is read.
struct AnnDataContents {
  std::vector<OtherMatrix> matrices;  ///< X is among them as "X" where another is read
  Names embeddings;                   ///< of obsm
};

/// A column of the cells.
struct ColumnOverview {
  std::string title;
  bool is_read = true;  ///< not so of kinds that are neither text nor numbers: nothing more is known
  std::int64_t missing = 0;
  std::int64_t different = 0;  ///< values or labels
  /// Least and largest of a column of numbers.
  std::optional<std::pair<double, double>> range{};
  /// Labels with their cells, the most frequent first, then by name; of texts only, all of them.
  std::vector<std::pair<std::string, std::int64_t>> labels{};
};

/// Least, quartiles and largest of a figure of each cell.
using FiveNumbers = std::array<double, 5>;

/// Genes by the part of the cells that express them.
struct PresenceClass {
  std::string cells;  ///< "no cell", "up to 1 %", ..., "every cell"
  std::int64_t genes = 0;
};

struct ExpressionOverview {
  std::string format;
  std::int64_t genes = 0;
  std::int64_t cells = 0;
  std::int64_t expressed = 0;  ///< entries above 0
  ValuesSeen values;
  AnnDataContents contents;
  std::vector<ColumnOverview> columns;
  FiveNumbers genes_per_cell{};
  FiveNumbers total_per_cell{};
  std::vector<PresenceClass> presence;
};

/// Reads the file as read_expression does, and looks at all of it. Local. @throws as read_expression
ExpressionOverview look_over(const std::filesystem::path& path, const ReadOptions& options, Log& log);

/// Genes by the part of the cells that express them, in classes from none to all. Local.
std::vector<PresenceClass> presence_classes(const ExpressionMatrix& matrix);
ColumnOverview look_over(const CellColumn& column);
ValuesSeen look_over_values(const ExpressionMatrix& matrix);

}  // namespace dko
