#include "dko/workflow/expression_output.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "dko/base/names.hpp"
#include "dko/simulation/cells.hpp"

namespace dko {

bool is_h5ad(const std::string& path) {
  return std::filesystem::path(path).extension() == ".h5ad";
}

ExpressionOutput::ExpressionOutput(const std::string& path, bool overwrite) {
  if (is_h5ad(path))
    h5ad_.emplace(path, overwrite);
  else
    csv_.emplace(path, overwrite);
}

void ExpressionOutput::write(const std::vector<std::vector<double>>& values, bool names, const Layers& layers,
                             const CellColumns& columns, const Provenance& provenance) {
  if (csv_) return write_csv(values, names);
  const ExpressionMatrix matrix = simulated_matrix(values);
  require_disk_space(h5ad_->partial_path(), h5ad_bytes(matrix, layers), "the AnnData file");
  write_h5ad(h5ad_->partial_path(), matrix, layers, columns, provenance);
  h5ad_->commit();
}

void ExpressionOutput::write_csv(const std::vector<std::vector<double>>& values, bool names) {
  if (names) {
    csv_->field("gene");
    for (const std::string& name : numbered_names("cell", std::ssize(values))) csv_->field(name);
    csv_->end_row();
  }
  for (std::size_t gene = 0; gene < values.front().size(); ++gene) {
    if (names) csv_->field(fmt::format("gene{}", gene));
    for (const auto& cell : values) csv_->field(cell[gene]);
    csv_->end_row();
  }
  csv_->finish();
}

}  // namespace dko
