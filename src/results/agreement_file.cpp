#include "agreement_file.hpp"

#include <cmath>

namespace dko {

void write_agreement(hdf5::Location& parent, const char* name, const ProfileAgreement& agreement) {
  hdf5::Location group = parent.create_group(name);
  const auto set = [&](const char* attribute, const std::optional<double>& figure) {
    if (figure) group.set(attribute, *figure);
  };
  set("bray_curtis", agreement.bray_curtis);
  set("spearman_all", agreement.spearman_all);
  set("spearman_expressed", agreement.spearman_expressed);
  set("spearman_within_gene", agreement.spearman_within_gene);
  set("spearman_within_cell", agreement.spearman_within_cell);
  group.set("genes_scored", agreement.genes_scored);
}

ProfileAgreement read_agreement(const hdf5::Location& parent, const char* name) {
  const hdf5::Location group = parent.group(name);
  const auto figure = [&](const char* attribute) -> std::optional<double> {
    if (!group.has_attribute(attribute)) return std::nullopt;
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

}  // namespace dko
