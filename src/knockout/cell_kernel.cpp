#include "dko/knockout/cell_kernel.hpp"

#include "dko/knockout/dense_cell_kernel.hpp"
#include "dko/knockout/sparse_cell_kernel.hpp"

namespace dko {

std::unique_ptr<CellKernel> make_cell_kernel(const CollapsedMapping& mapping, InstructionSet instructions) {
  if (mapping.sparse() != nullptr) return std::make_unique<SparseCellKernel>(*mapping.sparse());
  return std::make_unique<DenseCellKernel>(mapping, instructions);
}

}  // namespace dko
