#pragma once
// Contract between A = W2·W1 and the versions of its innermost loops for each instruction set. Those are
// compiled for machines other than the one they may be linked on, so nothing with inline functions of its own
// may be included here.

#include <cstdint>

namespace dko {

/// Panels of rows of W2 and of columns of W1 over a block of hidden units, and the sums of their products. A
/// panel holds its rows (or columns) side by side, hidden unit after hidden unit. All is aligned to 64 bytes.
struct ProductBlock {
  const double* rows;  ///< of panel p: rows + p·units·row_width
  std::int64_t row_panels;
  const double* columns;  ///< of panel p: columns + p·units·column_width
  std::int64_t column_panels;
  std::int64_t units;
  /// To which the products of this block are added: of a pair of panels row_width·column_width numbers,
  /// column after column, at (row panel · column_panels + column panel) times as many.
  double* sums;
  /// In how many sums side by side, which take turns, the products of a block are added up first
  /// (sum_order.hpp): 1, 2 or 4.
  std::int64_t ways;
};

struct ProductFunctions {
  std::int64_t row_width;     ///< rows of a panel
  std::int64_t column_width;  ///< columns of a panel
  /// Every number is the same with every version: a product and its sum are rounded once, in the order that
  /// `ways` says.
  void (*add)(const ProductBlock& block);
  /// Makes a panel of `width` genes, row_width or column_width, from their weights: to[unit·width + gene] =
  /// from[gene][unit].
  void (*pack)(const float* const* from, std::int64_t width, std::int64_t units, double* to);
};

/// The widest version that this machine can run; null if there is none, or Eigen is compiled without
/// multiply-add. Its bits are those of all versions before as preset `release` builds them. With `native` on
/// AVX-512 the bits of A change once with this version. The AVX-512 version awaits its first run:
/// `unit-mapping` compares it there.
const ProductFunctions* product_functions();

#ifdef DKO_HAS_X86_KERNELS
extern const ProductFunctions avx2_product;
extern const ProductFunctions avx512_product;
#endif

}  // namespace dko
