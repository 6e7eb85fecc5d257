#include "dko/results/screen_file/screen_checksums.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "results/aggregate/summary_layout.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

/// single/impact/data, double/impact, list/impact.
std::string array_of(const std::string& group, const std::string& name) {
  return group == layout::single ? fmt::format("{}/{}/{}", group, name, layout::data)
                                 : fmt::format("{}/{}", group, name);
}

bool has_array(const hdf5::File& file, const std::string& group, const std::string& name) {
  if (!file.has_group(group)) return false;
  const hdf5::Location scores = file.group(group);
  if (group != layout::single) return scores.has_dataset(name);
  return scores.has_group(name) && scores.group(name).has_dataset(layout::data);
}

/// First event of each block, and the end of the last.
std::vector<std::int64_t> blocks_of(const hdf5::Location& sums, std::int64_t events) {
  const std::int64_t block = sums.integer_attribute(layout::block);
  if (block < 1)
    throw InputError(fmt::format("{}: attribute {} is not above 0", sums.place(), layout::block));
  return hdf5::even_blocks(events, block);
}

void add_sums(const hdf5::File& file, const std::string& group, std::vector<hdf5::BlockSums>& all) {
  const hdf5::Location sums = file.group(layout::progress).group(group);
  for (const std::string& name : sums.children()) {
    if (!sums.has_dataset(name) || !has_array(file, group, name)) continue;
    const std::string array = array_of(group, name);
    const std::int64_t events = file.dataset(array).shape().at(0);
    all.push_back(
        {array, fmt::format("{}/{}/{}", layout::progress, group, name), blocks_of(sums, events), "event"});
  }
}

/// Adds the checksums, by rows, of the arrays in a group of the summary: of `measure`, or of none.
void add_rows(const hdf5::File& file, const std::string& measure, std::int64_t genes,
              std::vector<hdf5::BlockSums>& all) {
  const std::string group = summary_layout::group + (measure.empty() ? "" : "/" + measure);
  const hdf5::Location sums = file.group(layout::progress).group(group);
  for (const std::string& name : sums.children()) {
    const std::string array = fmt::format("{}/{}", group, name);
    if (sums.has_group(name)) {
      if (measure.empty()) add_rows(file, name, genes, all);
    } else if (file.has_dataset(array)) {
      all.push_back(
          {array, fmt::format("{}/{}", layout::progress, array), summary_layout::row_starts(genes), "pair"});
    }
  }
}

}  // namespace

std::vector<hdf5::BlockSums> screen_sums(const hdf5::File& file) {
  std::vector<hdf5::BlockSums> all;
  if (!file.has_group(layout::progress)) return all;
  const hdf5::Location progress = file.group(layout::progress);
  for (const char* group : {layout::single, layout::double_, layout::list}) {
    if (progress.has_group(group)) add_sums(file, group, all);
  }
  if (progress.has_group(summary_layout::group) && file.has_group(summary_layout::group))
    add_rows(file, "", file.group(summary_layout::group).dataset(summary_layout::genes).size(), all);
  return all;
}

}  // namespace dko
