#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dko/mapping/intact_cell.hpp"

namespace dko {

/// What a knockout is scored on: the profile b of the intact cell whose change is measured.
enum class Base { fitted, shrunk, observed };

inline constexpr std::array every_base{Base::fitted, Base::shrunk, Base::observed};

/// "fitted", "shrunk" or "observed", as in --base and in files.
constexpr const char* name_of(Base base) {
  return base == Base::fitted ? "fitted" : base == Base::shrunk ? "shrunk" : "observed";
}

/// The same read back; nothing for any other text.
std::optional<Base> base_named(std::string_view name);

/// How the outputs of a mapping are rescaled gene by gene, so that they make the base profile b of a cell in
/// place of the fitted one q = |o|/S, S = Σ|o|. With r_i = b_i/q_i,
///
///     b_i ∝ r_i |o_i|,   and after the knockout of K   b'_i ∝ r_i |o_i(K)|,
///
///     fitted:    r_i = 1
///     observed:  r_i = p_i/q_i
///     shrunk:    r_i = (1 − w_i) + w_i p_i/q_i,   w_i = s²_i / (s²_i + q_i/T), or 1 where the data are no
///                counts,
///
/// with s²_i the variance of the gene's share between cells of one prediction (share_variances): q and p are
/// weighted by the variance of each, that of p being Poisson's. Where |o_i| is below 1e-6 of the mean output,
/// r_i = 1. The variances must outlive this.
class BaseProfile {
 public:
  static constexpr double least_output = 1e-6;  ///< of the cell's mean: below, the fitted share stays

  BaseProfile() = default;  ///< fitted
  /// `variances` are s² of all genes; only shrunk needs them.
  BaseProfile(Base base, std::span<const double> variances) : base_(base), variances_(variances) {}

  bool is_fitted() const { return base_ == Base::fitted; }

  /// r of the expressed genes of a cell, whose outputs have these sizes. Local.
  std::vector<double> ratios(const IntactCell& cell, std::span<const double> sizes) const;

 private:
  double ratio(const IntactCell& cell, std::size_t at, double fitted) const;

  Base base_ = Base::fitted;
  std::span<const double> variances_;
};

}  // namespace dko
