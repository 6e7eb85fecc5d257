#pragma once
// The oracle of scores along a direction: the definitions over all genes with plain loops. Shares nothing
// with the program's own direction or kernels.

#include <cstdint>
#include <span>
#include <vector>

namespace dko::testing {

/// Cells A and B by their mean profiles over all genes.
struct PlainDirection {
  std::vector<double> from;
  std::vector<double> toward;

  /// <b' − r, d>/<d, d>, d = toward − from, r being `before` without the removed genes, rescaled.
  double shift(std::span<const double> before, std::span<const double> after,
               std::span<const std::int32_t> removed) const;
  /// BC(r, m) − BC(b', m), m being `toward` without the removed genes, rescaled.
  double approach(std::span<const double> before, std::span<const double> after,
                  std::span<const std::int32_t> removed) const;
};

/// Two profiles of as many genes, some of them 0.
PlainDirection random_direction(std::int64_t genes, std::uint64_t seed);

}  // namespace dko::testing
