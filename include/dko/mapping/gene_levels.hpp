#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/intact_cell.hpp"

namespace dko {

/// By what a gene enters a sparse mapping: x_j = z_j, its presence, or its level
///
///     x_j = s_j log(1 + p_j / (m_j f)),   f = (median over these genes j of p_j / m_j)^c,
///
/// p_j its share and m_j the mean of that over the cells that express it. Shares sum to 1, so that each tells
/// of all others; f of the cell stands for its total, as the size factors of counts do (Anders & Huber 2010).
/// Where few genes have levels, or few counts, the median is noise in part; c is the part that is not. A lost
/// gene has x_j = 0 either way; f stays that of the intact cell.
struct GeneLevels {
  std::vector<double> scale;  ///< N: s; 0 of a gene that enters by its presence. Empty: all do
  std::vector<double> mean;   ///< N: m
  double certainty = 1;       ///< c, from 0 to 1

  bool any() const { return !scale.empty(); }
};

/// Variance of a level's x over the cells of the fit, as much as that of a presence can be at most.
inline constexpr double level_variance = 0.25;

/// x_j of a gene of this share, in parts of f; Local.
double level_input(double scale, double mean, double share);

/// f of a cell; 1 if it expresses no such gene. Local.
double level_factor(std::span<const double> scale, std::span<const double> mean, double certainty,
                    const IntactCell& cell);

/// The levels of `genes` in these cells, scaled so that x varies as much as level_variance. Genes that fewer
/// than half of the cells, or than 10, express, or whose level does not vary, enter by their presence. c is
/// the covariance over the cells of log f by two halves of these genes, in parts of the variance by all, at
/// least their part of the cells, where shares sum to 1. Local.
GeneLevels find_levels(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                       std::span<const std::int32_t> genes);

}  // namespace dko
