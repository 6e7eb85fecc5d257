// Compiled for AVX2 whatever the rest is compiled for; see unit_block.hpp.
#include "dko/base/avx2_vectors.hpp"
#include "unit_block_body.hpp"

namespace dko {

const VectorFunctions avx2_vector_functions = vector_functions_of<Avx2Vectors>;

}  // namespace dko
