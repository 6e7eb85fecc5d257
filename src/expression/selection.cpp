#include "dko/expression/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "condition.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/dispersion.hpp"
#include "dko/expression/reader.hpp"

namespace dko {

namespace {

std::vector<std::int32_t> all_of(std::int64_t count) {
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

/// What is left of cells and genes while conditions are applied one after the other.
class Choice {
 public:
  Choice(const ExpressionMatrix& matrix, const std::filesystem::path& path, Log& log)
      : matrix_(matrix),
        path_(path),
        log_(log),
        cells_(all_of(matrix.cells())),
        genes_(all_of(matrix.genes())) {}

  /// Keeps the cells, or genes, for which `holds(number)`.
  template <class Holds>
  void keep_cells(const std::string& condition, Holds holds) {
    keep(cells_, "cell", matrix_.cells(), condition, cell_conditions_, holds);
  }
  template <class Holds>
  void keep_genes(const std::string& condition, Holds holds) {
    keep(genes_, "gene", matrix_.genes(), condition, gene_conditions_, holds);
  }

  /// How many of the cells that are left express each gene.
  std::vector<std::int64_t> cells_by_gene() const {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(matrix_.genes()), 0);
    for (const std::int32_t cell : cells_) {
      for (const std::int32_t gene : matrix_.expressed(cell)) ++counts[static_cast<std::size_t>(gene)];
    }
    return counts;
  }

  /// The genes that are left, most variable first.
  std::vector<std::int32_t> by_dispersion() const {
    const std::vector<double> dispersions = normalised_dispersions(matrix_.subset(cells_, genes_));
    std::vector<std::int32_t> order = all_of(std::ssize(genes_));
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t x, std::int32_t y) {
      return dispersions[static_cast<std::size_t>(x)] > dispersions[static_cast<std::size_t>(y)];
    });
    for (std::int32_t& gene : order) gene = genes_[static_cast<std::size_t>(gene)];
    return order;
  }

  Selected finish() const {
    const auto part = [](std::size_t left, std::int64_t all, const char* kind, const Names& conditions) {
      return fmt::format("{} of {}{}", with_thousands(static_cast<std::int64_t>(left)), counted(all, kind),
                         conditions.empty() ? "" : fmt::format(" ({})", fmt::join(conditions, ", ")));
    };
    return {matrix_.subset(cells_, genes_),
            fmt::format("{}; {}", part(cells_.size(), matrix_.cells(), "cell", cell_conditions_),
                        part(genes_.size(), matrix_.genes(), "gene", gene_conditions_))};
  }

 private:
  template <class Holds>
  void keep(std::vector<std::int32_t>& numbers, const char* kind, std::int64_t all,
            const std::string& condition, Names& conditions, Holds holds) {
    std::erase_if(numbers, [&](std::int32_t number) { return !holds(number); });
    conditions.push_back(condition);
    log_.info("{}: {}: {} of {} left", path_.string(), condition,
              with_thousands(static_cast<std::int64_t>(numbers.size())), counted(all, kind));
    const std::size_t least = kind == std::string_view("gene") ? 2 : 1;
    if (numbers.size() < least)
      throw InputError(fmt::format("{}: {} leaves {}", path_.string(), condition,
                                   numbers.empty()
                                       ? fmt::format("no {}", kind)
                                       : fmt::format("{}; at least {} are needed", counted(1, kind), least)));
  }

  const ExpressionMatrix& matrix_;
  const std::filesystem::path& path_;
  Log& log_;
  std::vector<std::int32_t> cells_;
  std::vector<std::int32_t> genes_;
  Names cell_conditions_;
  Names gene_conditions_;
};

/// Marks what a list names.
std::vector<bool> named(const std::string& list, const NameIndex& index, const std::string& option,
                        std::int64_t count) {
  std::vector<bool> marks(static_cast<std::size_t>(count), false);
  for (const std::int32_t at : listed_or_named(list, index, option))
    marks[static_cast<std::size_t>(at)] = true;
  return marks;
}

void choose_cells(Choice& choice, const ExpressionMatrix& matrix, const Selection& selection,
                  const std::filesystem::path& path) {
  if (!selection.cells.empty()) {
    const auto marks =
        named(selection.cells, NameIndex("cell", matrix.cell_names()), parameter("cells"), matrix.cells());
    choice.keep_cells(parameter("cells", selection.cells),
                      [&](std::int32_t cell) { return marks[static_cast<std::size_t>(cell)]; });
  }
  for (const std::string& text : selection.where) {
    const Condition condition(text);
    const CellColumn column = read_cell_column(path, condition.column());
    if (std::ssize(column.texts) != matrix.cells())
      throw InputError(fmt::format("{}: column {} has {} values for {}", path.string(), condition.column(),
                                   column.texts.size(), counted(matrix.cells(), "cell")));
    const std::vector<bool> holds = condition.holds(column, path.string());
    choice.keep_cells(parameter("where", text),
                      [&](std::int32_t cell) { return holds[static_cast<std::size_t>(cell)]; });
  }
  if (selection.min_genes > 0) {
    choice.keep_cells(parameter("min-genes", fmt::to_string(selection.min_genes)),
                      [&](std::int32_t cell) { return matrix.expressed_count(cell) >= selection.min_genes; });
  }
}

void choose_genes(Choice& choice, const ExpressionMatrix& matrix, const Selection& selection) {
  if (selection.min_cells > 0) {
    const std::vector<std::int64_t> counts = choice.cells_by_gene();
    choice.keep_genes(parameter("min-cells", fmt::to_string(selection.min_cells)), [&](std::int32_t gene) {
      return counts[static_cast<std::size_t>(gene)] >= selection.min_cells;
    });
  }
  if (!selection.genes.empty()) {
    const auto marks = named(selection.genes, NameIndex("gene", matrix.gene_names(), matrix.gene_ids()),
                             parameter("genes"), matrix.genes());
    choice.keep_genes(parameter("genes", selection.genes),
                      [&](std::int32_t gene) { return marks[static_cast<std::size_t>(gene)]; });
  }
  if (selection.top_genes > 0) {
    std::vector<std::int32_t> order = choice.by_dispersion();
    if (std::ssize(order) > selection.top_genes) order.resize(static_cast<std::size_t>(selection.top_genes));
    std::sort(order.begin(), order.end());
    choice.keep_genes(
        parameter("top-genes", fmt::format("{} by normalised dispersion", selection.top_genes)),
        [&](std::int32_t gene) { return std::binary_search(order.begin(), order.end(), gene); });
  }
}

}  // namespace

bool Selection::empty() const {
  return cells.empty() && where.empty() && min_genes == 0 && min_cells == 0 && genes.empty() &&
         top_genes == 0;
}

Selected select(const ExpressionMatrix& matrix, const Selection& selection, const std::filesystem::path& path,
                Log& log) {
  if (selection.empty()) return {matrix, {}};
  Choice choice(matrix, path, log);
  choose_cells(choice, matrix, selection, path);
  choose_genes(choice, matrix, selection);
  Selected selected = choice.finish();
  if (selected.matrix.nonzeros() == 0)
    throw InputError(fmt::format("{}: no chosen cell expresses a chosen gene", path.string()));
  return selected;
}

ExpressionMatrix select_genes(const ExpressionMatrix& matrix, const Names& genes, const std::string& data,
                              const std::string& list) {
  const NameIndex index("gene", matrix.gene_names());
  std::vector<std::int32_t> positions;
  Names missing;
  for (const std::string& gene : genes) {
    if (const auto position = index.find_name(gene))
      positions.push_back(*position);
    else
      missing.push_back(gene);
  }
  if (!missing.empty()) {
    throw InputError(fmt::format("{}: lacks {} of the {} of {}, such as {}", data,
                                 with_thousands(std::ssize(missing)), counted(std::ssize(genes), "gene"),
                                 list, missing.front()));
  }
  return matrix.subset(all_of(matrix.cells()), positions);
}

}  // namespace dko
