#include "dko/knockout/screen/cell_loop.hpp"

namespace dko {

void for_own_cells(std::span<const std::int32_t> cells, const Communicator& ranks,
                   const std::function<bool(std::int32_t cell)>& visit) {
  for (auto at = static_cast<std::size_t>(ranks.rank()); at < cells.size();
       at += static_cast<std::size_t>(ranks.size())) {
    if (!visit(cells[at])) return;
  }
}

CellLoop plain_loop(const Communicator& ranks) {
  return [&ranks](std::span<const std::int32_t> cells, const std::function<void(std::int32_t)>& visit) {
    for_own_cells(cells, ranks, [&](std::int32_t cell) {
      visit(cell);
      return true;
    });
  };
}

}  // namespace dko
