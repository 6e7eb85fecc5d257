#include "dko/evaluation/perturbed/perturbed_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

using CellsByLabel = std::map<std::string, std::vector<std::int64_t>>;

CellsByLabel cells_by_label(const CellColumn& column, PerturbedCells& cells) {
  CellsByLabel by_label;
  for (std::int64_t cell = 0; cell < cells.data.cells(); ++cell) {
    const auto at = static_cast<std::size_t>(cell);
    if (column.missing[at]) {
      ++cells.unlabelled;
      continue;
    }
    std::vector<std::int64_t>& of_label = by_label[column.texts[at]];
    if (cells.data.expressed_count(cell) > 0)
      of_label.push_back(cell);
    else
      ++cells.empty;
  }
  return by_label;
}

std::string some_labels(const CellsByLabel& by_label) {
  Names labels;
  for (const auto& [label, cells] : by_label) labels.push_back(label);
  return some_names(labels);
}

std::vector<std::int64_t> take_control(CellsByLabel& by_label, const std::string& control,
                                       const std::string& column, const std::string& path) {
  const auto found = by_label.find(control);
  const std::string what = parameter("control", control);
  if (found == by_label.end())
    throw InputError(fmt::format("{}: {}: no cell has this label in column {}; its labels: {}", path, what,
                                 column, some_labels(by_label)));
  std::vector<std::int64_t> cells = std::move(found->second);
  by_label.erase(found);
  if (std::ssize(cells) < fewest_cells_of_target)
    throw InputError(fmt::format("{}: {}: {} of these genes, at least {} are needed", path, what,
                                 counted(std::ssize(cells), "cell"), fewest_cells_of_target));
  return cells;
}

std::optional<std::int32_t> gene_of(const std::string& label, const NameIndex& genes,
                                    const std::string& path) {
  const Meaning meaning = genes.by_name(label);
  if (meaning.positions.size() > 1)
    throw InputError(fmt::format("{}: the label {} names several genes: {}", path, shown_name(label),
                                 genes.candidates(meaning)));
  return meaning.positions.empty() ? std::nullopt : std::optional(meaning.positions.front());
}

void require_distinct(const std::vector<Perturbation>& targets, const std::string& path) {
  const auto twice =
      std::adjacent_find(targets.begin(), targets.end(),
                         [](const Perturbation& x, const Perturbation& y) { return x.gene == y.gene; });
  if (twice == targets.end()) return;
  throw InputError(fmt::format("{}: the labels {} and {} name the same gene", path, shown_name(twice->label),
                               shown_name((twice + 1)->label)));
}

}  // namespace

PerturbedCells divide_cells(ExpressionMatrix data, const CellColumn& column, const std::string& control,
                            const std::string& path) {
  PerturbedCells cells;
  cells.data = std::move(data);
  CellsByLabel by_label = cells_by_label(column, cells);
  cells.control = take_control(by_label, control, column.title, path);
  const NameIndex genes = cells.data.gene_index();
  for (auto& [label, of_label] : by_label) {
    const auto gene = gene_of(label, genes, path);
    if (!gene)
      cells.no_genes.push_back(label);
    else if (std::ssize(of_label) < fewest_cells_of_target)
      cells.too_few.push_back(label);
    else
      cells.targets.push_back({label, *gene, std::move(of_label)});
  }
  std::sort(cells.targets.begin(), cells.targets.end(),
            [](const Perturbation& x, const Perturbation& y) { return x.gene < y.gene; });
  require_distinct(cells.targets, path);
  if (cells.targets.empty())
    throw InputError(
        fmt::format("{}: no label of column {} is a gene of the model with {} cells or more; its labels: {}",
                    path, column.title, fewest_cells_of_target, some_labels(by_label)));
  return cells;
}

}  // namespace dko
