#include "dko/results/prediction_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/hdf5/header.hpp"

namespace dko {

namespace {

constexpr hdf5::FileKind prediction_kind{"dko prediction", 1};

void write_agreement(hdf5::Location& metrics, const char* name, const ProfileAgreement& agreement) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  hdf5::Location group = metrics.create_group(name);
  group.set("bray_curtis", agreement.bray_curtis);
  group.set("spearman_all", agreement.spearman_all.value_or(none));
  group.set("spearman_expressed", agreement.spearman_expressed.value_or(none));
  group.set("spearman_within_gene", agreement.spearman_within_gene.value_or(none));
  group.set("spearman_within_cell", agreement.spearman_within_cell.value_or(none));
  group.set("genes_scored", agreement.genes_scored);
}

ProfileAgreement read_agreement(const hdf5::Location& metrics, const char* name) {
  const hdf5::Location group = metrics.group(name);
  const auto figure = [&](const char* attribute) -> std::optional<double> {
    if (!group.has_attribute(attribute)) return std::nullopt;  // of a file by an earlier version
    const double value = group.real_attribute(attribute);
    return std::isnan(value) ? std::nullopt : std::optional(value);
  };
  ProfileAgreement agreement;
  agreement.bray_curtis = group.real_attribute("bray_curtis");
  agreement.spearman_all = figure("spearman_all");
  agreement.spearman_expressed = figure("spearman_expressed");
  agreement.spearman_within_gene = figure("spearman_within_gene");
  agreement.spearman_within_cell = figure("spearman_within_cell");
  agreement.genes_scored = group.integer_attribute("genes_scored");
  return agreement;
}

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
    throw InputError(fmt::format("{}: its arrays do not fit together: the file is damaged", path.string()));
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
