#include "dko/results/prediction_file.hpp"

#include <fmt/format.h>

#include "agreement_file.hpp"
#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/hdf5/header.hpp"

namespace dko {

namespace {

constexpr hdf5::FileKind prediction_kind{"dko prediction", 1};

}  // namespace

void write_prediction(OutputFile& output, const Prediction& prediction) {
  hdf5::File file = hdf5::File::create(output.partial_path());
  hdf5::write_header(file, prediction_kind, prediction.provenance);
  file.create_group("genes").write_strings("name", prediction.genes);
  file.create_group("cells").write_strings("name", prediction.cells);
  const hdf5::Shape shape{std::ssize(prediction.cells), std::ssize(prediction.genes)};
  file.write<float>("true", prediction.truth, shape);
  file.write<float>("predicted", prediction.predicted, shape);
  for (const char* name : {"true", "predicted"}) file.set_encoding(name, "array", "0.2.0");
  hdf5::Location metrics = file.create_group("metrics");
  write_agreement(metrics, "mapping", prediction.mapping);
  write_agreement(metrics, "mean_share", prediction.mean_share);
  file.close();
  output.commit();
}

Prediction read_prediction(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  Prediction prediction;
  prediction.provenance = hdf5::read_header(file, prediction_kind);
  prediction.genes = file.group("genes").read_strings("name");
  prediction.cells = file.group("cells").read_strings("name");
  prediction.truth = file.read<float>("true");
  prediction.predicted = file.read<float>("predicted");
  const std::size_t entries = prediction.genes.size() * prediction.cells.size();
  if (prediction.truth.size() != entries || prediction.predicted.size() != entries) {
    throw InputError(fmt::format("{}: array sizes are inconsistent: the file is corrupt", path.string()));
  }
  const hdf5::Location metrics = file.group("metrics");
  prediction.mapping = read_agreement(metrics, "mapping");
  prediction.mean_share = read_agreement(metrics, "mean_share");
  return prediction;
}

void export_profiles(const std::vector<float>& profiles, std::int64_t genes, CsvWriter& csv) {
  for (std::size_t at = 0; at < profiles.size(); ++at) {
    csv.field(profiles[at]);
    if ((at + 1) % static_cast<std::size_t>(genes) == 0) csv.end_row();
  }
  csv.finish();
}

}  // namespace dko
