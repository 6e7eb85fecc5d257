#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/mapping.hpp"

namespace dko {

/// Whether outputs whose sizes have this sum S make a profile q = |o|/S in single precision. If S is below
/// the least normal float it counts as 0: q = 0, loss 1 and no gradient. If S is beyond the largest, or no
/// number, the loss is NaN, there is no gradient, and what is predicted is 0.
inline bool makes_profile(float total) {
  return total >= std::numeric_limits<float>::min() && total <= std::numeric_limits<float>::max();
}

/// The loss of a cell whose outputs make no profile.
inline float loss_without_profile(float total) {
  return total < std::numeric_limits<float>::min() ? 1.0F : std::numeric_limits<float>::quiet_NaN();
}

/// Runs the mapping forward and backward on batches of cells, in single precision and dense matrices, with
/// its own buffers: for predictions, and as what the trainer's engine is compared with. All calls are local.
///
/// The loss of a cell is the Bray-Curtis distance BC(q, p) = Σ|q−p| / Σ(q+p) = ½ Σ|q−p|, since both sum to
/// one; the loss of a batch is the sum over its cells. Its gradient, with s_i = ½ sign(q_i − p_i):
/// ∂BC/∂o_i = sign(o_i) (s_i − Σ_j s_j q_j) / Σ_j |o_j| over the expressed genes, sign(0) = 0.
/// A cell whose outputs are all zero has q = 0, loss 1 and no gradient (makes_profile()).
class BatchNetwork {
 public:
  explicit BatchNetwork(MappingShape shape);
  ~BatchNetwork();
  BatchNetwork(BatchNetwork&&) noexcept;
  BatchNetwork& operator=(BatchNetwork&&) noexcept;

  /// Sum of the losses of `cells`.
  double loss(const Mapping& mapping, const RelativeProfiles& profiles, std::span<const std::int64_t> cells);

  /// The same, and its gradient, laid out as the parameters, into `gradient` (overwritten).
  double loss_and_gradient(const Mapping& mapping, const RelativeProfiles& profiles,
                           std::span<const std::int64_t> cells, std::span<float> gradient);

  /// Predicted relative profiles q, cells × genes by rows; genes that a cell does not express are 0.
  std::vector<float> predict(const Mapping& mapping, const RelativeProfiles& profiles,
                             std::span<const std::int64_t> cells);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace dko
