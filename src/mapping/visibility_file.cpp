#include "dko/mapping/visibility_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"

namespace dko {

namespace {

constexpr auto group_name = "visibility";
constexpr auto by_level_name = "by_level";

template <class T>
std::vector<T> column(std::span<const GeneVisibility> genes, T GeneVisibility::*member) {
  std::vector<T> values;
  std::transform(genes.begin(), genes.end(), std::back_inserter(values),
                 [member](const GeneVisibility& gene) { return gene.*member; });
  return values;
}

template <class T>
void read_column(const hdf5::Location& group, const char* name, std::vector<GeneVisibility>& genes,
                 T GeneVisibility::*member) {
  const std::vector<T> values = group.read<T>(name);
  if (values.size() != genes.size()) {
    throw InputError(
        fmt::format("{}/{}: has {} values, expected {}", group.place(), name, values.size(), genes.size()));
  }
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (!(values[at] >= 0 && static_cast<double>(values[at]) < 1e15))
      throw InputError(
          fmt::format("{}/{}: value {} is {}, which is impossible", group.place(), name, at, values[at]));
    genes[at].*member = values[at];
  }
}

void read_by_level(const hdf5::Location& group, std::vector<GeneVisibility>& genes) {
  const auto values = group.read<std::int32_t>(by_level_name);
  if (values.size() != genes.size())
    throw InputError(fmt::format("{}/{}: has {} values, expected {}", group.place(), by_level_name,
                                 values.size(), genes.size()));
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (values[at] != 0 && values[at] != 1)
      throw InputError(fmt::format("{}/{}: value {} is {}, which is neither 0 nor 1", group.place(),
                                   by_level_name, at, values[at]));
    genes[at].by_level = values[at] == 1;
  }
}

}  // namespace

double visibility_bytes(std::int64_t genes) {
  return sizeof(GeneVisibility) * static_cast<double>(genes) + 8192;
}

void write_visibility(hdf5::Location& file, std::span<const GeneVisibility> genes) {
  if (genes.empty()) return;
  hdf5::Location group = file.create_group(group_name);
  group.write<std::int64_t>("cells_with", column(genes, &GeneVisibility::cells_with));
  group.write<std::int64_t>("cells_without", column(genes, &GeneVisibility::cells_without));
  group.write<double>("unexplained", column(genes, &GeneVisibility::unexplained));
  group.write<double>("information", column(genes, &GeneVisibility::information));
  std::vector<std::int32_t> by_level;
  for (const GeneVisibility& gene : genes) by_level.push_back(gene.by_level ? 1 : 0);
  // Files are as before where no gene entered by its level.
  if (std::count(by_level.begin(), by_level.end(), 1) > 0) group.write<std::int32_t>(by_level_name, by_level);
}

std::vector<GeneVisibility> read_visibility(const hdf5::Location& file, std::int64_t genes) {
  if (!file.has(group_name)) return {};
  const hdf5::Location group = file.group(group_name);
  std::vector<GeneVisibility> visibility(static_cast<std::size_t>(genes));
  read_column(group, "cells_with", visibility, &GeneVisibility::cells_with);
  read_column(group, "cells_without", visibility, &GeneVisibility::cells_without);
  read_column(group, "unexplained", visibility, &GeneVisibility::unexplained);
  read_column(group, "information", visibility, &GeneVisibility::information);
  if (group.has(by_level_name)) read_by_level(group, visibility);
  return visibility;
}

}  // namespace dko
