#include "dko/results/model_notes.hpp"

#include <fmt/format.h>

#include "agreement_file.hpp"
#include "dko/mapping/q_values_file.hpp"
#include "dko/mapping/training_advice.hpp"
#include "dko/mapping/training_record_file.hpp"
#include "dko/mapping/visibility_file.hpp"
#include "results/screen_file/screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

void write_training(hdf5::Location& file, const std::vector<MemberRecord>& records) {
  hdf5::Location training = file.create_group(layout::training);
  const bool is_dko = std::holds_alternative<TrainingRecord>(records.front());
  training.set("mapping", std::string(name_of(is_dko ? MappingKind::dko : MappingKind::sparse)));
  training.set(layout::members, std::ssize(records));
  std::visit([&](const auto& record) { write_settings(training, record); }, records.front());
  for (std::size_t at = 0; at < records.size(); ++at) {
    hdf5::Location member = training.create_group(fmt::format("member{}", at));
    std::visit(
        [&](const auto& record) {
          write_settings(member, record);
          write_outcome(member, record);
        },
        records[at]);
  }
}

void write_entries(hdf5::Location& quality, const SharesOfEntries& entries) {
  hdf5::Location group = quality.create_group("entries");
  group.write<std::int32_t>("gene", entries.genes);
  group.write<std::int32_t>("cell", entries.cells);
  group.write<float>("true", entries.truth);
  group.write<float>("predicted", entries.predicted);
  group.write<float>("mean_share", entries.mean_share);
}

void write_quality(hdf5::Location& file, const MappingQuality& quality) {
  hdf5::Location group = file.create_group(layout::quality);
  group.set("what", quality.what);
  group.set("cells", quality.cells);
  write_agreement(group, "mapping", quality.mapping);
  write_agreement(group, "mean_share", quality.mean_share);
  write_agreement(group, "scaled_share", quality.scaled_share);
  hdf5::Location genes = group.create_group("genes");
  genes.write<float>("true_mean", quality.true_mean);
  genes.write<float>("predicted_mean", quality.predicted_mean);
  genes.write<float>("spearman", quality.spearman);
  write_entries(group, quality.entries);
}

}  // namespace

double model_notes_bytes(std::int64_t members, std::int64_t genes, std::int64_t steps) {
  constexpr double of_member = 8192;  // attributes and the like
  constexpr double of_quality = 20 * 20'000 + 65536;
  return static_cast<double>(members) *
             (of_member + 8.0 * static_cast<double>(steps) + 4.0 * static_cast<double>(genes)) +
         12.0 * static_cast<double>(genes) + visibility_bytes(genes) + gene_q_values_bytes(genes) +
         of_quality;
}

void write_model_notes(hdf5::Location& file, const ModelNotes& notes) {
  if (!notes.records.empty()) write_training(file, notes.records);
  if (notes.quality) write_quality(file, *notes.quality);
  write_visibility(file, notes.visibility);
  write_advice(file, notes.advice);
  if (notes.gene_q_values.empty()) return;
  hdf5::Location fdr = file.create_group(layout::fdr);
  write_gene_q_values(fdr, notes.gene_q_values);
}

}  // namespace dko
