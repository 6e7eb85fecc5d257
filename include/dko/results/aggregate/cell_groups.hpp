#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dko/base/names.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// The cells of a screen by the labels of a column that it keeps.
struct CellGroups {
  std::string column;
  Names labels;                        ///< of each group
  std::vector<std::int32_t> of_cells;  ///< of each cell its group; −1: the column has no value there
  std::vector<std::int64_t> sizes;     ///< cells of each group
  std::int64_t without = 0;            ///< cells without a value

  std::int32_t count() const { return static_cast<std::int32_t>(labels.size()); }
};

/// A column of numbers groups cells if it has no more different values than this.
inline constexpr std::int64_t most_numbers_grouping = 100;

/// Groups the cells by a column, in the order of its labels, or of its numbers. The title of a condition on a
/// gene, "gene:NAME>2", may differ by blanks. Local.
/// @throws UsageError for a column that the screen does not keep, with those that it keeps, and for one of
///         too many numbers
CellGroups group_cells(const ScreenReader& screen, const std::string& column);

/// The same by a column at hand. @throws UsageError for one of too many numbers
CellGroups group_cells(ObsColumn column);

/// The group of a label. @throws UsageError with the labels that there are; `option` is where the label is
/// from
std::int32_t group_named(const CellGroups& groups, const std::string& label, const std::string& option);

/// The cells of one group, or all.
struct CellsOfGroup {
  const CellGroups* groups = nullptr;  ///< null: all cells
  std::int32_t group = 0;

  bool has(std::int64_t cell) const {
    return groups == nullptr || groups->of_cells[static_cast<std::size_t>(cell)] == group;
  }
};

/// In which cells of a screen some knockout was scored. Local.
std::vector<bool> screened_cells(const ScreenReader& screen);

/// In how many of these cells some knockout was scored. Local.
std::int64_t cells_with_knockouts(const ScreenReader& screen, const CellsOfGroup& within = {});

/// What is compared: the cells of a group, with those of another or with all others that have a label.
struct Contrast {
  static constexpr std::int32_t all_others = -1;

  std::int32_t group = 0;
  std::int32_t against = all_others;
};

/// "A" (against all others), "A,B", or "each", of the labels; a label may have commas, and may be "each".
/// @throws UsageError for an unknown label, with those that there are, for a text that can be read in several
///         ways, and where there is only one group
std::vector<Contrast> contrasts_named(const CellGroups& groups, const std::string& text);

}  // namespace dko
