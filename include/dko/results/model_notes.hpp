#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/hdf5/location.hpp"
#include "dko/mapping/model.hpp"
#include "dko/metrics/mapping_quality.hpp"

namespace dko {

/// What a screen file tells of the mappings that it was made with.
struct ModelNotes {
  std::vector<MemberRecord> records;  ///< how each member came to be; none: not known
  std::optional<MappingQuality> quality;
  std::vector<GeneVisibility> visibility = {};  ///< of each gene where the mapping was made; empty: not known
  std::optional<TrainingAdvice> advice = {};
  std::vector<double> gene_q_values = {};  ///< of each gene's network; empty: not computed
};

/// Approximate bytes of the notes in a file, with training curves of `steps` steps. Local.
double model_notes_bytes(std::int64_t members, std::int64_t genes, std::int64_t steps);

/// Writes what there is of:
///
/// * training/ with attributes mapping ("dko" or "sparse"), members, and the settings of the first of them;
///   in training/member0, member1, … the settings and the outcome of each (mapping/training_record_file.hpp);
/// * quality/ with attributes what and cells; the figures of {mapping,mean_share,scaled_share} as attributes
/// of
///   these groups, those that exist; genes/{true_mean,predicted_mean,spearman} float32[N], NaN where there is
///   none; entries/{gene,cell} int32[M] and entries/{true,predicted,mean_share} float32[M].
///
/// * visibility/ and advice/, as in the model (mapping/visibility_file.hpp, training_advice.hpp);
///
/// * fdr/gene_q_value float64[N] (mapping/q_values_file.hpp).
///
/// Local. @throws IoError
void write_model_notes(hdf5::Location& file, const ModelNotes& notes);

}  // namespace dko
