// For any machine: what the compiler makes of vectors of four numbers.
#include "dko/base/portable_vectors.hpp"
#include "unit_block_body.hpp"

namespace dko {

const VectorFunctions portable_vector_functions = vector_functions_of<PortableVectors>;

}  // namespace dko
