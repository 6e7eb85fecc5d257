#include "contrasts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/score_names.hpp"
#include "app/table.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/visibility.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto all_others = "all others";

/// Numbers of cells on one side of a contrast.
struct Side {
  std::int64_t cells = 0;
  std::int64_t screened = 0;
};

/// Names of what is compared, and where, and in how many cells.
class Labels {
 public:
  Labels(const ScreenReader& screen, const CellGroups& groups, ScoreArray array)
      : screen_(screen),
        groups_(groups),
        order_(array == ScoreArray::singles ? 1 : 2),
        sides_(static_cast<std::size_t>(groups.count())) {
    if (order_ == 1) visibility_ = screen.visibility();
    const std::vector<bool> screened = screened_cells(screen);
    for (std::size_t cell = 0; cell < screened.size(); ++cell) {
      if (screened[cell] && groups.of_cells[cell] >= 0)
        ++sides_[static_cast<std::size_t>(groups.of_cells[cell])].screened;
    }
    for (std::size_t group = 0; group < sides_.size(); ++group) sides_[group].cells = groups.sizes[group];
  }

  std::size_t genes() const { return order_; }
  std::string group(const Contrast& contrast) const { return label(contrast.group); }
  std::string against(const Contrast& contrast) const {
    return contrast.against == Contrast::all_others ? all_others : label(contrast.against);
  }
  Side side(const Contrast& contrast) const { return sides_[static_cast<std::size_t>(contrast.group)]; }
  Side side_against(const Contrast& contrast) const {
    if (contrast.against != Contrast::all_others) return sides_[static_cast<std::size_t>(contrast.against)];
    Side others;
    for (std::size_t group = 0; group < sides_.size(); ++group) {
      if (std::cmp_equal(group, contrast.group)) continue;
      others.cells += sides_[group].cells;
      others.screened += sides_[group].screened;
    }
    return others;
  }
  std::string gene(const ContrastRow& row, std::size_t at) const { return gene_name(screen_, row.genes[at]); }
  bool has_visibility() const { return !visibility_.empty(); }
  std::string why_hidden(const ContrastRow& row) const {
    return why_not_visible(visibility_[static_cast<std::size_t>(row.genes[0])]);
  }

 private:
  std::string label(std::int32_t group) const { return groups_.labels[static_cast<std::size_t>(group)]; }

  const ScreenReader& screen_;
  const CellGroups& groups_;
  std::size_t order_;
  std::vector<Side> sides_;  // by group
  std::vector<GeneVisibility> visibility_;
};

void write_header(const ContrastTable& table, const Labels& labels, CsvWriter& csv) {
  csv.field("group").field("against").field("rank");
  if (labels.genes() == 1)
    csv.field("gene").field("id");
  else
    csv.field("gene1").field("gene2");
  csv.field("cells").field("cells_against");
  for (const Measure& measure : table.measures) {
    const std::string name = column_name(measure);
    for (const char* figure : {"mean", "mean_against", "difference", "p", "q"})
      csv.field(fmt::format("{}_{}", name, figure));
  }
  if (labels.has_visibility()) csv.field("not_visible");
  csv.end_row();
}

void write_rows(const ScreenReader& screen, const ContrastTable& table, const Labels& labels,
                std::size_t rows, CsvWriter& csv) {
  const Names ids = labels.genes() == 1 ? screen.gene_ids() : Names();
  for (std::size_t rank = 0; rank < rows; ++rank) {
    const ContrastRow& row = table.rows[rank];
    csv.field(labels.group(table.contrast)).field(labels.against(table.contrast)).field(rank + 1);
    csv.field(labels.gene(row, 0));
    csv.field(labels.genes() == 1 ? ids[static_cast<std::size_t>(row.genes[0])] : labels.gene(row, 1));
    csv.field(row.cells).field(row.cells_against);
    for (std::size_t at = 0; at < table.measures.size(); ++at) {
      const Difference& of = row.of[at];
      csv.field(of.mean).field(of.mean_against).field(of.difference()).field(of.p).field(of.q);
    }
    if (labels.has_visibility()) csv.field(labels.why_hidden(row));
    csv.end_row();
  }
}

void print_rows(const ContrastTable& table, const Labels& labels, std::size_t rows) {
  std::vector<std::string> titles{"rank"};
  for (std::size_t gene = 1; gene <= labels.genes(); ++gene)
    titles.push_back(labels.genes() == 1 ? "gene" : fmt::format("gene {}", gene));
  const bool any_hidden = labels.has_visibility() &&
                          std::any_of(table.rows.begin(), table.rows.end(),
                                      [&](const auto& row) { return !labels.why_hidden(row).empty(); });
  for (const char* title : {"cells", "against", "mean", "mean against", "difference", "p", "q"})
    titles.emplace_back(title);
  if (any_hidden) titles.emplace_back("not visible");
  Table shown(titles);
  for (std::size_t rank = 0; rank < rows; ++rank) {
    const ContrastRow& row = table.rows[rank];
    const Difference& of = row.of[table.by];
    std::vector<std::string> cells{fmt::format("{}", rank + 1)};
    for (std::size_t gene = 0; gene < labels.genes(); ++gene) cells.push_back(labels.gene(row, gene));
    cells.insert(cells.end(), {with_thousands(row.cells), with_thousands(row.cells_against),
                               fmt::format("{:.6f}", of.mean), fmt::format("{:.6f}", of.mean_against),
                               fmt::format("{:.6f}", of.difference()), fmt::format("{:.2e}", of.p),
                               fmt::format("{:.2e}", of.q)});
    if (any_hidden) cells.push_back(labels.why_hidden(row));
    shown.add(cells);
  }
  std::cout << shown.text();
}

void print_table(const ContrastTable& table, const CellGroups& groups, const Labels& labels, std::size_t rows,
                 std::int64_t least_cells) {
  const char* const kind = labels.genes() == 1 ? "gene" : "pair";
  const auto cells_of = [](const Side& side) { return text_of_cells(side.cells, side.screened); };
  std::cout << printable(fmt::format(
                   "{}s in {}={} ({}) against {} ({}), the {} of {} with the lowest p of {}", kind,
                   groups.column, labels.group(table.contrast), cells_of(labels.side(table.contrast)),
                   labels.against(table.contrast), cells_of(labels.side_against(table.contrast)), rows,
                   with_thousands(std::ssize(table.rows)), name_of(table.measures[table.by]).name))
            << '\n';
  print_rows(table, labels, rows);
  if (table.left_out > 0)
    std::cout << fmt::format("left out: {} with fewer than {} in one of the groups\n",
                             counted(table.left_out, kind), counted(least_cells, "cell"));
}

Json json_of(const ContrastTable& table, const Labels& labels, std::size_t rows) {
  Json json{{"group", labels.group(table.contrast)},
            {"against", labels.against(table.contrast)},
            {"cells_screened", labels.side(table.contrast).screened},
            {"cells_screened_against", labels.side_against(table.contrast).screened},
            {"total", table.rows.size()},
            {"left_out", table.left_out},
            {"by", name_of(table.measures[table.by]).name},
            {"top", Json::array()}};
  for (std::size_t rank = 0; rank < rows; ++rank) {
    const ContrastRow& row = table.rows[rank];
    Json entry{{"genes", Json::array()}, {"cells", row.cells}, {"cells_against", row.cells_against}};
    for (std::size_t gene = 0; gene < labels.genes(); ++gene)
      entry["genes"].push_back(labels.gene(row, gene));
    for (std::size_t at = 0; at < table.measures.size(); ++at) {
      const Difference& of = row.of[at];
      const std::string name = column_name(table.measures[at]);
      entry[name + "_mean"] = of.mean;
      entry[name + "_mean_against"] = of.mean_against;
      entry[name + "_difference"] = of.difference();
      entry[name + "_p"] = of.p;
      entry[name + "_q"] = of.q;
    }
    if (labels.has_visibility()) entry["not_visible"] = labels.why_hidden(row);
    json["top"].push_back(entry);
  }
  return json;
}

constexpr std::array order{Measure{Score::network, true},  Measure{Score::network, false},
                           Measure{Score::impact, true},   Measure{Score::impact, false},
                           Measure{Score::shift, true},    Measure{Score::shift, false},
                           Measure{Score::approach, false}};

}  // namespace

std::optional<Measure> contrast_measure(const ScreenReader& screen, ScoreArray array,
                                        const std::optional<Measure>& asked) {
  const std::vector<Measure> measures = contrasted_measures(screen, array);
  const auto has = [&](const Measure& measure) {
    return std::find(measures.begin(), measures.end(), measure) != measures.end();
  };
  if (asked && has(*asked)) return asked;
  const auto first = std::find_if(order.begin(), order.end(), has);
  return first == order.end() ? std::nullopt : std::optional(*first);
}

AtRoot<Json> report_contrasts(const ScreenReader& screen, const CellGroups& groups,
                              const std::vector<Contrast>& contrasts, const std::vector<ContrastPart>& parts,
                              std::vector<std::optional<CsvWriter>>& files, const ContrastOptions& options,
                              const std::function<RowCounts(const ContrastPart&)>& rows, Job& job) {
  AtRoot<Json> json = at_root(job.ranks(), Json::object());
  for (std::size_t number = 0; number < parts.size(); ++number) {
    const ContrastPart& part = parts[number];
    const bool of_genes = part.array == ScoreArray::singles;
    const auto [kept, shown] = rows(part);
    const auto tables = of_genes ? contrast_genes(screen, groups, contrasts, part.by, options, job.ranks())
                                 : contrast_pairs(screen, groups, contrasts, part.by, options, job.ranks(),
                                                  show_progress(job.log, "comparing", "events"));
    on_root(job.ranks(), [&] {
      const Labels labels(screen, groups, part.array);
      Json& all = (*json)[of_genes ? "genes" : "pairs"] = Json::array();
      if (files[number]) write_header(tables.front(), labels, *files[number]);
      for (const ContrastTable& table : tables) {
        const auto most = [&](std::int64_t count) {
          return static_cast<std::size_t>(std::min(count, std::ssize(table.rows)));
        };
        if (number > 0 || &table != tables.data()) std::cout << '\n';
        print_table(table, groups, labels, most(shown), options.least_cells);
        all.push_back(json_of(table, labels, most(shown)));
        if (!files[number]) continue;
        require_disk_space(
            part.path,
            60.0 * static_cast<double>(most(kept)) * (1 + 2.0 * static_cast<double>(table.measures.size())),
            part.option.c_str());
        write_rows(screen, table, labels, most(kept), *files[number]);
      }
    });
  }
  return json;
}

}  // namespace dko::app
