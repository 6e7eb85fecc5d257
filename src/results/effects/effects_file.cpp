#include "dko/results/effects/effects_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "dko/base/error.hpp"
#include "dko/hdf5/anndata.hpp"
#include "dko/hdf5/header.hpp"

namespace dko {

namespace {

/// "" for all cells, "_LABEL" of the others.
Names suffixes_of(const EffectsNotes& notes) {
  Names suffixes{""};
  for (const std::string& label : layer_labels(notes.labels, notes.group_by)) suffixes.push_back("_" + label);
  return suffixes;
}

void write_data(hdf5::Dataset to, const std::vector<float>& values) {
  to.write(0, std::span<const float>(values));
  to.set_checksum(block_checksum(std::span<const float>(values)));
}

void write_layers(hdf5::File& file, const EffectTable& table, const EffectsNotes& notes) {
  const hdf5::Shape shape{table.rows(), std::ssize(notes.genes)};
  write_data(hdf5::create_csr(file, "X", table.starts, table.genes, shape[1]),
             table.of_groups.front().change);
  hdf5::Location layers = file.group("layers");
  const auto add = [&](const std::string& name, const std::vector<float>& values) {
    write_data(hdf5::create_csr_like(layers, name, file.group("X"), shape), values);
  };
  const Names suffixes = suffixes_of(notes);
  for (std::size_t number = 0; number < suffixes.size(); ++number) {
    const EffectTable::Group& group = table.of_groups[number];
    if (number > 0) add("change" + suffixes[number], group.change);
    add("relative" + suffixes[number], group.relative);
    add("cells" + suffixes[number], group.both);
    if (notes.members > 1) add("change_sd" + suffixes[number], group.change_sd);
  }
  if (table.has_q_values) add("q", table.q);
}

/// For one axis: how many effects each has, and the strongest of them.
struct Strongest {
  explicit Strongest(std::size_t count) : effects(count), names(count), change(count) {}

  std::vector<std::int32_t> effects;
  Names names;
  std::vector<double> change;

  void add(std::size_t at, const std::string& other, float value) {
    ++effects[at];
    if (!(std::abs(static_cast<double>(value)) > std::abs(change[at]))) return;
    names[at] = other;
    change[at] = static_cast<double>(value);
  }
  void write(hdf5::DataFrame& frame, const char* count) const {
    frame.add(count, effects);
    frame.add("strongest", names);
    frame.add("strongest_change", change);
  }
};

/// What is known of these genes.
void write_knowledge(hdf5::DataFrame& frame, const EffectsNotes& notes,
                     const std::vector<std::int32_t>& genes) {
  std::vector<double> q;
  std::vector<double> information;
  Names reasons;
  for (const std::int32_t gene : genes) {
    const auto at = static_cast<std::size_t>(gene);
    if (!notes.gene_q_values.empty()) q.push_back(notes.gene_q_values[at]);
    if (notes.visibility.empty()) continue;
    information.push_back(notes.visibility[at].information);
    reasons.push_back(why_not_visible(notes.visibility[at]));
  }
  if (!notes.gene_q_values.empty()) frame.add("q", q);
  if (notes.visibility.empty()) return;
  frame.add("information", information);
  frame.add("not_visible", reasons);
}

Names chosen(const Names& names, const std::vector<std::int32_t>& numbers) {
  Names some;
  for (const std::int32_t number : numbers) some.push_back(names[static_cast<std::size_t>(number)]);
  return some;
}

void write_frames(hdf5::File& file, const EffectTable& table, const EffectsNotes& notes) {
  Strongest of_lost(table.lost.size());
  Strongest of_changed(notes.genes.size());
  for (std::size_t row = 0; row < table.lost.size(); ++row) {
    const std::string& lost = notes.genes[static_cast<std::size_t>(table.lost[row])];
    for (auto at = static_cast<std::size_t>(table.starts[row]);
         at < static_cast<std::size_t>(table.starts[row + 1]); ++at) {
      const auto gene = static_cast<std::size_t>(table.genes[at]);
      of_lost.add(row, notes.genes[gene], table.of_groups.front().change[at]);
      of_changed.add(gene, lost, table.of_groups.front().change[at]);
    }
  }
  hdf5::DataFrame obs(file, "obs", chosen(notes.genes, table.lost));
  obs.add("gene_ids", chosen(notes.gene_ids, table.lost));
  const Names suffixes = suffixes_of(notes);
  for (std::size_t number = 0; number < suffixes.size(); ++number)
    obs.add("n_cells" + suffixes[number], table.of_groups[number].cells);
  of_lost.write(obs, "n_targets");
  write_knowledge(obs, notes, table.lost);
  hdf5::DataFrame var(file, "var", notes.genes);
  var.add("gene_ids", notes.gene_ids);
  of_changed.write(var, "n_regulators");
  std::vector<std::int32_t> all(notes.genes.size());
  for (std::size_t gene = 0; gene < all.size(); ++gene) all[gene] = static_cast<std::int32_t>(gene);
  write_knowledge(var, notes, all);
}

void write_sets(hdf5::File& file, const EffectTable& table, const EffectsNotes& notes) {
  if (notes.sets.empty()) return;
  hdf5::Location obsm = file.group("obsm");
  const hdf5::Shape shape{table.rows(), std::ssize(notes.sets)};
  const auto add = [&](const std::string& name, const std::vector<double>& values) {
    obsm.write(name, std::span<const double>(values), shape);
    obsm.set_encoding(name, "array", "0.2.0");
  };
  const Names suffixes = suffixes_of(notes);
  for (std::size_t number = 0; number < suffixes.size(); ++number) {
    add("gene_sets" + suffixes[number], table.of_groups[number].set_change);
    add("gene_sets_relative" + suffixes[number], table.of_groups[number].set_relative);
  }
  hdf5::Location uns = file.group("uns");
  Names names;
  std::vector<std::int64_t> known;
  std::vector<std::int64_t> unknown;
  for (const GeneSet& set : notes.sets) {
    names.push_back(set.name);
    known.push_back(std::ssize(set.genes));
    unknown.push_back(set.unknown);
  }
  uns.write_strings("gene_sets", names);
  const auto count = [&](const std::string& name, const std::vector<std::int64_t>& values) {
    uns.write(name, std::span<const std::int64_t>(values));
    uns.set_encoding(name, "array", "0.2.0");
  };
  count("gene_sets_genes", known);
  count("gene_sets_unknown", unknown);
}

void write_origin(hdf5::File& file, const EffectsNotes& notes) {
  hdf5::Location uns = file.group("uns");
  hdf5::Location origin = hdf5::create_dict(uns, "dko");
  origin.write_scalar("X", "change");
  origin.write_scalar("command", notes.provenance.command);
  hdf5::write_origin(origin, notes.provenance);
  origin.write_scalar("members", notes.members);
  origin.write_scalar("base", name_of(notes.base));
  origin.write_scalar("by", notes.filter.by == EffectMeasure::change ? "change" : "relative");
  origin.write_scalar("top", notes.filter.top);
  origin.write_scalar("least", fmt::format("{}", notes.filter.least));
  origin.write_scalar("fdr", fmt::format("{}", notes.filter.fdr));
  if (notes.labels.empty()) return;
  origin.write_scalar("group_by", notes.group_by);
  origin.write_strings("groups", notes.labels);
}

}  // namespace

Names layer_labels(const Names& labels, const std::string& group_by) {
  Names layers = labels;
  std::set<std::string> seen{"relative", "cells", "change_sd", "q", "gene_sets", "gene_sets_relative"};
  for (std::string& label : layers) {
    std::replace(label.begin(), label.end(), '/', '|');
    for (const char* array :
         {"change_", "relative_", "cells_", "change_sd_", "gene_sets_", "gene_sets_relative_"}) {
      if (!seen.insert(array + label).second)
        throw InputError(fmt::format("column {}: the values of {} would be stored as {}{}, and so are others",
                                     shown_name(group_by), shown_name(label), array, label));
    }
  }
  return layers;
}

double effects_file_bytes(double rows, double entries, const EffectsNotes& notes) {
  const double groups = 1 + static_cast<double>(notes.labels.size());
  constexpr double bytes_of_name = 64;
  const bool has_q_values = !notes.gene_q_values.empty();
  const double of_entry = 8 + 4 * groups * (notes.members > 1 ? 4 : 3) + (has_q_values ? 4 : 0);
  const double of_row = 16 * groups * static_cast<double>(notes.sets.size()) + 4 * groups;
  const double names = rows + static_cast<double>(notes.genes.size());
  constexpr double fixed = 1 << 20;
  return fixed + of_entry * entries + of_row * rows + (4 * bytes_of_name + 32) * names;
}

void write_effects_file(const OutputFile& output, const EffectTable& table, const EffectsNotes& notes) {
  hdf5::File file = hdf5::File::create(output.partial_path());
  hdf5::write_header(file, effects_kind, notes.provenance);
  hdf5::begin_anndata(file);
  write_layers(file, table, notes);
  write_frames(file, table, notes);
  write_sets(file, table, notes);
  write_origin(file, notes);
  file.close();
}

}  // namespace dko
