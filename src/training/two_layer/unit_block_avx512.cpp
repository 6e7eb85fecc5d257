// Compiled for AVX-512 whatever the rest is compiled for; see unit_block.hpp.
#include "dko/base/avx512_vectors.hpp"
#include "unit_block_body.hpp"

namespace dko {

const VectorFunctions avx512_vector_functions = vector_functions_of<Avx512Vectors>;

}  // namespace dko
