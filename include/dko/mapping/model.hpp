#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "dko/base/names.hpp"
#include "dko/base/provenance.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/mapping/mapping.hpp"
#include "dko/mapping/q_values.hpp"
#include "dko/mapping/sparse_mapping.hpp"
#include "dko/mapping/training_advice.hpp"
#include "dko/mapping/visibility.hpp"

namespace dko {

/// How the original's mapping was trained. Losses are mean Bray-Curtis distances per cell, taken with the
/// weights before that step's update.
struct TrainingRecord {
  std::uint64_t seed = 0;
  std::int64_t steps = 0;        ///< made: fewer than asked for if patience ended the training
  std::int64_t steps_asked = 0;  ///< 0: not known
  std::int64_t batch = 0;
  double learning_rate = 0;           ///< at its highest
  std::string schedule = "constant";  ///< of the learning rate
  double weight_decay = 0;
  std::int64_t patience = 0;        ///< 0: none
  std::int64_t validate_every = 1;  ///< steps
  std::string parallel = "data";    ///< how it was spread over ranks: data or sharded
  std::int64_t training_cells = 0;
  std::int64_t validation_cells = 0;
  std::int64_t best_step = 0;            ///< the step whose weights were kept, from 0
  double best_validation_loss = 0;       ///< NaN without validation cells
  std::vector<float> training_losses;    ///< one a step
  std::vector<float> validation_losses;  ///< of steps 0, validate_every, 2·validate_every, …; empty without
                                         ///< validation cells
};

struct TrainedMapping {
  Mapping mapping;
  TrainingRecord record;
  std::vector<double> share_variances = {};  ///< s² of each gene (share_variances.hpp); empty: not known
};

/// What a sparse mapping was fitted with, and found.
struct SparseRecord {
  std::uint64_t seed = 0;
  std::int64_t cells = 0;
  std::int64_t factors = 0;  ///< of cell state, r
  std::int64_t effects = 0;  ///< non-zeros of A
  bool levels = false;       ///< whether genes that presence does not show entered by their level
  /// ½ Σ|predicted − true share| per cell, in cells left out when the penalties were chosen: about BC, a
  /// little below that of cells that were never seen, for the penalties were chosen by it. Of all effects in
  /// full, before they had weights by their q-values (effect_weights.hpp).
  double cross_validated_distance = 0;
  std::vector<float> penalties;  ///< one per gene: λ in parts of that at which all its effects vanish
  std::string prior = {};        ///< checksum of the file of supported pairs; empty: none
  std::int64_t prior_pairs = 0;  ///< of genes of the data
  double prior_factor = 1;       ///< that their penalties were multiplied by
  std::int64_t prior_signs = 0;  ///< 1: effects had to have the signs of the file
  double fdr = 1;                ///< effects with a greater q-value were left out; 1: none
};

struct FittedMapping {
  SparseMapping mapping;
  SparseRecord record;
  std::vector<double> share_variances = {};  ///< likewise
  QValues q_values = {};                     ///< empty: not computed
};

/// A mapping of either kind, with how it came to be.
using Member = std::variant<TrainedMapping, FittedMapping>;

/// How a member came to be, without its parameters.
using MemberRecord = std::variant<TrainingRecord, SparseRecord>;

enum class MappingKind { dko, sparse };

/// "dko" or "sparse", as in --mapping and in files.
constexpr const char* name_of(MappingKind kind) {
  return kind == MappingKind::dko ? "dko" : "sparse";
}

/// What knockouts by such a mapping are scored on unless something else is asked for.
constexpr Base default_base(MappingKind kind) {
  return kind == MappingKind::dko ? Base::fitted : Base::shrunk;
}

constexpr std::int64_t most_members = 1000;

/// One mapping, or an ensemble of several of one kind, with all that is needed to use it and to say where it
/// comes from.
struct Model {
  std::vector<Member> members;  ///< at least one
  Names genes;
  /// Visibility of each gene in the cells that were not held out; empty if not known (a model made by 0.1).
  std::vector<GeneVisibility> visibility;
  std::optional<TrainingAdvice> advice;  ///< of the original's mapping, where there were validation cells
  Provenance provenance;
  Covariates covariates = {};  ///< of the cells, which all members, then sparse ones, need

  /// Whether all members know what a shrunk base profile needs; not so of a model made by 0.1.
  bool has_share_variances() const;

  MappingKind kind() const {
    return std::holds_alternative<FittedMapping>(members.front()) ? MappingKind::sparse : MappingKind::dko;
  }
};

/// Checksum of the parameters of all members, of the genes they belong to and of the covariates; of one
/// member without covariates its own.
std::string checksum_of(const Model& model);

/// Notes in the visibility of the model's genes which of them have effects by their level, of any member.
/// Local.
void note_levels(Model& model);

/// How each member came to be. Local.
std::vector<MemberRecord> records_of(const Model& model);

/// What a screen needs of each member. Local; of all ranks together collapse_for().
std::vector<CollapsedMapping> collapse(const Model& model);

/// Relative profiles that the model predicts, the mean over its members, cells × genes by rows; genes that a
/// cell does not express are 0. `profiles` gives the presence. Local.
std::vector<float> predict_profiles(const Model& model, const RelativeProfiles& profiles,
                                    std::span<const std::int64_t> cells);

/// The same of one member alone.
std::vector<float> predict_profiles(const Member& member, const RelativeProfiles& profiles,
                                    std::span<const std::int64_t> cells);

/// The member of rank `from`, moved to rank 0 without passing through others, which may be large. `member` is
/// significant only at rank `from`. Collective.
AtRoot<Member> to_root(const Communicator& communicator, Member member, int from);

}  // namespace dko
