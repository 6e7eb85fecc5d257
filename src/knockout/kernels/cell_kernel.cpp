#include "dko/knockout/kernels/cell_kernel.hpp"

#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"

namespace dko {

std::unique_ptr<CellKernel> make_cell_kernel(const CollapsedMapping& mapping, InstructionSet instructions,
                                             Base base) {
  const BaseProfile profile(base, mapping.share_variances());
  if (mapping.sparse() != nullptr) return std::make_unique<SparseCellKernel>(*mapping.sparse(), profile);
  return std::make_unique<DenseCellKernel>(mapping, instructions, profile);
}

}  // namespace dko
