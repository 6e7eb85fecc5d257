#pragma once
// What is known of who regulates whom, beside the data.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Pairs of genes of the data that a file supports, by target and then by regulator, none twice. Arrays of
/// one length.
struct NetworkPrior {
  std::vector<std::int32_t> targets;
  std::vector<std::int32_t> regulators;
  std::vector<double> weights;      ///< of the support, above 0 up to 1, the largest of all pairs
  std::vector<std::int32_t> signs;  ///< of the effect: −1, 1, or 0 where it is not known

  std::filesystem::path file;  ///< to be read; significant at root only
  bool holds_signs = false;    ///< effects must have these signs
  std::string checksum;        ///< of the file; empty: there is no prior

  std::int64_t pairs() const { return std::ssize(targets); }
  bool empty() const { return pairs() == 0; }

  /// The prior of rank 0 on all. Collective.
  void broadcast(const Communicator& communicator);
};

/// Reads pairs of a table with the columns regulator, target and, if they are known, weight and sign; in this
/// order, or in any under a header with these titles, beside which others are left alone. Without such a
/// header the first row must name a gene of the data: else it may be a header with other titles. Names are
/// those of the data, or accessions; a name that several genes have stands for all. Weights are above 0,
/// those of pairs without 1, and are divided by the largest; signs are + - 1 -1, or empty, ? or 0 where they
/// are not known.
///
/// The log tells how many pairs are of genes of the data, and how many are not: names that the data lack,
/// genes with themselves, repeated pairs (of which the largest weight counts, and no sign where they
/// disagree). Local: rank 0.
/// @throws InputError with file and line for a row of other length, a weight or a sign that is none; and if
/// no
///         pair is left
NetworkPrior read_network_prior(const std::filesystem::path& path, const ExpressionMatrix& matrix, Log& log);

}  // namespace dko
