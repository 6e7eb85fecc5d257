#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/base/names.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/provenance.hpp"
#include "dko/metrics/profile_agreement.hpp"

namespace dko {

/// Step 1 of the original: profiles of held-out cells, true and predicted, and how well they agree.
struct Prediction {
  Provenance provenance;
  Names genes;
  Names cells;               ///< the held-out ones
  std::vector<float> truth;  ///< relative profiles, cells × genes by rows
  std::vector<float> predicted;
  ProfileAgreement mapping;     ///< of the mapping's predictions
  ProfileAgreement mean_share;  ///< of the baseline's (metrics/baselines.hpp)
};

/// Writes prediction.h5: attributes format, version and provenance; genes/name, cells/name; true and
/// predicted, cells × genes; metrics/{mapping,mean_share} with the figures that exist as attributes. Gives
/// the file its name. Local. @throws IoError
void write_prediction(OutputFile& output, const Prediction& prediction);

/// Local. @throws InputError if it is no prediction of a version this program reads.
Prediction read_prediction(const std::filesystem::path& path);

/// Cells × genes without header, as the original's mapping_true.csv and mapping_prediction.csv. Local.
void export_profiles(const std::vector<float>& profiles, std::int64_t genes, CsvWriter& csv);

}  // namespace dko
