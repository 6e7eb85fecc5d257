#include "summary_layout.hpp"

#include <algorithm>

#include "dko/knockout/screen/pair_sums_screen.hpp"

namespace dko::summary_layout {

std::vector<std::string> arrays_of(const Measure& measure) {
  if (is_deviation(measure.score)) return {mean};
  std::vector<std::string> arrays{mean, sd, min, max};
  if (measure.is_interaction) arrays.emplace_back(same_sign);
  return arrays;
}

std::vector<std::string> all_arrays(const std::vector<Measure>& measures) {
  std::vector<std::string> paths{cells};
  for (const Measure& measure : measures) {
    for (const std::string& array : arrays_of(measure)) paths.push_back(column_name(measure) + "/" + array);
  }
  return paths;
}

void create(hdf5::File& file, const ScreenPlan& plan, const ExpressionMatrix& matrix) {
  const PairGenes pairs = pair_genes(plan, matrix);
  hdf5::Location summary = file.create_group(group);
  summary.write(genes, std::span<const std::int32_t>(pairs.genes()));
  summary.create(cells, hdf5::Type::i32, {pairs.all_pairs()});
  for (const char* name : {genes, cells}) summary.set_encoding(name, "array", "0.2.0");
  for (const Measure& measure : summed_measures(plan)) {
    hdf5::Location of_measure = summary.create_group(column_name(measure));
    for (const std::string& array : arrays_of(measure)) {
      of_measure.create(array, hdf5::Type::f32, {pairs.all_pairs()});
      of_measure.set_encoding(array, "array", "0.2.0");
    }
  }
}

std::vector<std::int64_t> row_starts(std::int64_t k) {
  std::vector<std::int64_t> starts;
  for (std::int64_t row = 0; row <= k; ++row) starts.push_back(PairIndex::row_start(k, row));
  return starts;
}

void create_record(hdf5::Location& progress, const ScreenPlan& plan, const ExpressionMatrix& matrix) {
  const std::vector<std::uint64_t> nothing(static_cast<std::size_t>(pair_genes(plan, matrix).count()), 0);
  hdf5::Location record = progress.create_group(group);
  const auto measures = summed_measures(plan);
  for (const Measure& measure : measures) record.create_group(column_name(measure));
  for (const std::string& array : all_arrays(measures))
    record.create(array, hdf5::Type::u64, {std::ssize(nothing)}).write(0, std::span(nothing));
}

}  // namespace dko::summary_layout
