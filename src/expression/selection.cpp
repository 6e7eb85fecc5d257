#include "dko/expression/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "dko/base/error.hpp"
#include "dko/base/first_texts.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_conditions.hpp"
#include "dko/expression/dispersion.hpp"
#include "dko/expression/reader.hpp"

namespace dko {

namespace {

/// What is left of cells and genes while conditions are applied one after the other.
class Choice {
 public:
  Choice(const ExpressionMatrix& matrix, const std::filesystem::path& path, Log& log)
      : matrix_(matrix),
        path_(path),
        log_(log),
        cells_(numbers_below<std::int32_t>(matrix.cells())),
        genes_(numbers_below<std::int32_t>(matrix.genes())) {}

  /// Keeps the cells for which `holds(number)`. `ranges(cells)` says for the error what the cells before
  /// have, of which it leaves none.
  template <class Holds, class Ranges>
  void keep_cells(const std::string& condition, Holds holds, Ranges ranges) {
    if (std::none_of(cells_.begin(), cells_.end(), holds))
      throw InputError(fmt::format("{}: {} leaves no cell: {}", path_.string(), condition, ranges(cells_)));
    keep_cells(condition, holds);
  }
  template <class Holds>
  void keep_cells(const std::string& condition, Holds holds) {
    keep(cells_, "cell", matrix_.cell_names(), {condition, fmt::format("left out by {}", condition)},
         cell_conditions_, holds, cells_left_out_);
  }
  /// The same of genes. `else_` says of one that is not kept why it is not among the data.
  template <class Holds>
  void keep_genes(const std::string& condition, const std::string& else_, Holds holds) {
    keep(genes_, "gene", matrix_.gene_names(), {condition, else_}, gene_conditions_, holds, genes_left_out_);
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
    auto order = numbers_below<std::int32_t>(std::ssize(genes_));
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
    LeftOut genes = genes_left_out_;
    LeftOut cells = cells_left_out_;
    genes.like_numbers = matrix_.gene_index().like_numbers();
    cells.like_numbers = matrix_.cell_index().like_numbers();
    return {matrix_.subset(cells_, genes_).with_left_out(std::move(genes), std::move(cells)),
            fmt::format("{}; {}", part(cells_.size(), matrix_.cells(), "cell", cell_conditions_),
                        part(genes_.size(), matrix_.genes(), "gene", gene_conditions_)),
            cells_};
  }

 private:
  struct Words {
    std::string condition;
    std::string else_;
  };

  template <class Holds>
  void keep(std::vector<std::int32_t>& numbers, const char* kind, const Names& names, const Words& words,
            Names& conditions, Holds holds, LeftOut& left_out) {
    Names others;
    std::erase_if(numbers, [&](std::int32_t number) {
      if (holds(number)) return false;
      others.push_back(names[static_cast<std::size_t>(number)]);
      return true;
    });
    left_out.add(others, "in the file, but " + words.else_);
    conditions.push_back(words.condition);
    log_.info("{}: {}: {} of {} left", path_.string(), words.condition,
              with_thousands(static_cast<std::int64_t>(numbers.size())), counted(std::ssize(names), kind));
    const std::size_t least = kind == std::string_view("gene") ? 2 : 1;
    if (numbers.size() < least)
      throw InputError(fmt::format("{}: {} leaves {}", path_.string(), words.condition,
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
  LeftOut genes_left_out_;
  LeftOut cells_left_out_;
};

/// Marks what a list names.
std::vector<bool> named(const std::string& list, const NameIndex& index, const std::string& option,
                        std::int64_t count, Missing missing, Log& log) {
  std::vector<bool> marks(static_cast<std::size_t>(count), false);
  for (const std::int32_t at : listed_or_named(list, index, option, missing, log))
    marks[static_cast<std::size_t>(at)] = true;
  return marks;
}

void choose_cells(Choice& choice, const ExpressionMatrix& matrix, const Selection& selection,
                  const std::filesystem::path& path, Log& log) {
  if (!selection.cells.empty()) {
    const auto marks = named(selection.cells, matrix.cell_index(), parameter("cells"), matrix.cells(),
                             selection.missing(), log);
    choice.keep_cells(parameter("cells", selection.cells),
                      [&](std::int32_t cell) { return marks[static_cast<std::size_t>(cell)]; });
  }
  CellConditions conditions(matrix, path, selection.obs_file);
  for (const std::string& text : selection.where) {
    const std::vector<bool> holds = conditions.meet(text, "where", selection.missing(), log);
    choice.keep_cells(
        parameter("where", text), [&](std::int32_t cell) { return holds[static_cast<std::size_t>(cell)]; },
        [&](const std::vector<std::int32_t>& cells) { return conditions.ranges_in({text}, cells); });
  }
  if (selection.min_genes > 0) {
    choice.keep_cells(parameter("min-genes", fmt::to_string(selection.min_genes)),
                      [&](std::int32_t cell) { return matrix.expressed_count(cell) >= selection.min_genes; });
  }
}

/// Marks of the genes that stay whatever the other conditions say.
std::vector<bool> always_kept(const ExpressionMatrix& matrix, const Selection& selection, Log& log) {
  if (selection.with_genes.empty()) return std::vector<bool>(static_cast<std::size_t>(matrix.genes()), false);
  return named(selection.with_genes, matrix.gene_index(), parameter("with-genes"), matrix.genes(),
               selection.missing(), log);
}

void choose_genes(Choice& choice, const ExpressionMatrix& matrix, const Selection& selection, Log& log) {
  const std::vector<bool> always = always_kept(matrix, selection, log);
  const auto is_kept = [&](std::int32_t gene) { return always[static_cast<std::size_t>(gene)]; };
  const auto words = [&](const std::string& condition) {
    return selection.with_genes.empty()
               ? condition
               : fmt::format("{}, or {}", condition, parameter("with-genes", selection.with_genes));
  };
  if (selection.min_cells > 0) {
    const std::vector<std::int64_t> counts = choice.cells_by_gene();
    const std::string condition = parameter("min-cells", fmt::to_string(selection.min_cells));
    choice.keep_genes(words(condition), fmt::format("left out by {}", condition), [&](std::int32_t gene) {
      return is_kept(gene) || counts[static_cast<std::size_t>(gene)] >= selection.min_cells;
    });
  }
  if (!selection.genes.empty()) {
    const auto marks = named(selection.genes, matrix.gene_index(), parameter("genes"), matrix.genes(),
                             selection.missing(), log);
    const std::string condition = parameter("genes", selection.genes);
    choice.keep_genes(words(condition), fmt::format("left out by {}", condition), [&](std::int32_t gene) {
      return is_kept(gene) || marks[static_cast<std::size_t>(gene)];
    });
  }
  if (selection.top_genes > 0) {
    std::vector<std::int32_t> order = choice.by_dispersion();
    if (std::ssize(order) > selection.top_genes) order.resize(static_cast<std::size_t>(selection.top_genes));
    std::sort(order.begin(), order.end());
    choice.keep_genes(
        words(parameter("top-genes", fmt::format("{} by normalised dispersion", selection.top_genes))),
        fmt::format("not among the {} chosen by {}", selection.top_genes, parameter("top-genes")),
        [&](std::int32_t gene) {
          return is_kept(gene) || std::binary_search(order.begin(), order.end(), gene);
        });
  }
}

/// "A, B (in the file, but left out by --min-cells 5) and 7 more"
std::string with_reasons(const Names& names, const LeftOut& left_out) {
  constexpr std::size_t most = 20;
  Names texts;
  for (const std::string& name : names) {
    const auto reason = left_out.reason(name);
    texts.push_back(shown_name(name) + (reason ? fmt::format(" ({})", *reason) : ""));
  }
  return first_texts(texts, most);
}

}  // namespace

bool Selection::empty() const {
  return cells.empty() && where.empty() && min_genes == 0 && min_cells == 0 && genes.empty() &&
         top_genes == 0 && with_genes.empty();
}

Selected select(const ExpressionMatrix& matrix, const Selection& selection, const std::filesystem::path& path,
                Log& log) {
  if (selection.empty()) return {matrix, {}, numbers_below<std::int32_t>(matrix.cells())};
  Choice choice(matrix, path, log);
  choose_cells(choice, matrix, selection, path, log);
  choose_genes(choice, matrix, selection, log);
  Selected selected = choice.finish();
  if (selected.matrix.nonzeros() == 0)
    throw InputError(fmt::format("{}: no chosen cell expresses a chosen gene", path.string()));
  return selected;
}

ExpressionMatrix select_genes(const ExpressionMatrix& matrix, const Names& genes, const std::string& data,
                              const std::string& list, Log& log) {
  const Names& names = matrix.gene_names();
  std::unordered_map<std::string_view, std::int32_t> place;
  for (std::size_t at = 0; at < names.size(); ++at) place.emplace(names[at], static_cast<std::int32_t>(at));
  const NameIndex index = matrix.gene_index();
  std::vector<std::int32_t> positions;
  Names missing;
  for (const std::string& gene : genes) {
    const auto found = place.find(gene);
    if (found == place.end()) {
      missing.push_back(gene);
      continue;
    }
    positions.push_back(found->second);
    if (const Meaning meaning = index.by_name(gene); meaning.positions.size() > 1)
      log.warn("{}: {}; that of {} is taken as number {}", data, index.note(gene, meaning), list,
               found->second);
  }
  if (!missing.empty()) {
    throw InputError(fmt::format("{}: lacks {} of the {} of {}: {}", data,
                                 with_thousands(std::ssize(missing)), counted(std::ssize(genes), "gene"),
                                 list, with_reasons(missing, matrix.genes_left_out())));
  }
  LeftOut left_out = matrix.genes_left_out();
  for (const std::int32_t at : positions) place.erase(names[static_cast<std::size_t>(at)]);
  Names others;
  for (const auto& [name, at] : place) others.emplace_back(name);
  left_out.add(others, fmt::format("{} has no such gene (the data have it)", list));
  left_out.like_numbers = index.like_numbers();
  return matrix.subset(numbers_below<std::int32_t>(matrix.cells()), positions)
      .with_left_out(std::move(left_out), matrix.cells_left_out());
}

}  // namespace dko
