#include "set_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "dko/base/error.hpp"
#include "dko/base/first_texts.hpp"
#include "dko/base/name_index.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/text.hpp"
#include "dko/metrics/enrichment.hpp"
#include "dko/results/ranked_list.hpp"
#include "score_names.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

void write_table(std::span<const Enrichment> found, const std::vector<GeneSet>& sets, CsvWriter& csv) {
  for (const char* title : {"set", "genes", "others", "mean", "auc", "p", "q"}) csv.field(title);
  csv.end_row();
  for (const Enrichment& row : found) {
    csv.field(sets[row.set].name).field(row.genes).field(row.others).field(row.mean);
    csv.field(row.auc).field(row.p).field(row.q).end_row();
  }
  csv.finish();
}

void print_table(std::span<const Enrichment> shown, std::size_t tested, const std::vector<GeneSet>& sets) {
  if (tested == 0) {
    std::cout << "\nno set was tested\n";
    return;
  }
  std::cout << fmt::format("\n{} tested by ranks against all other genes, the {} of smallest p\n",
                           counted(static_cast<std::int64_t>(tested), "set"), shown.size());
  Table table({"set", "genes", "others", "mean", "auc", "p", "q"});
  for (const Enrichment& row : shown)
    table.add({sets[row.set].name, with_thousands(row.genes), with_thousands(row.others),
               fmt::format("{:+.6f}", row.mean), fmt::format("{:.3f}", row.auc), fmt::format("{:.3g}", row.p),
               fmt::format("{:.3g}", row.q)});
  std::cout << table.text() << test_q_note("sets");
}

/// Says which sets were not tested, each with how many of its genes have a value.
void print_left_out(std::span<const double> values, const std::string& tested,
                    std::span<const Enrichment> found, const std::vector<GeneSet>& sets, std::int64_t least) {
  Names left_out;
  for (std::size_t number = 0; number < sets.size(); ++number) {
    const auto is_it = [&](const Enrichment& row) { return row.set == number; };
    if (std::any_of(found.begin(), found.end(), is_it)) continue;
    const auto has_value = [&](std::int32_t gene) {
      return !std::isnan(values[static_cast<std::size_t>(gene)]);
    };
    const std::vector<std::int32_t>& genes = sets[number].genes;
    const auto count = std::count_if(genes.begin(), genes.end(), has_value);
    left_out.push_back(fmt::format("{} ({} of {}{})", shown_name(sets[number].name), count, genes.size(),
                                   count >= least ? ", and no other gene" : ""));
  }
  if (left_out.empty()) return;
  std::cout << printable(fmt::format("not tested, fewer than {} genes {} (--least-genes): {}", least, tested,
                                     first_texts(left_out)))
            << '\n';
}

}  // namespace

void require_sets_of_table(const CommandLine& parsed) {
  for (const char* option : {"sets-table", "least-genes"})
    if (parsed.given(option) && !parsed.given("gene-sets"))
      throw UsageError(fmt::format("--{} needs the sets: give them by --gene-sets FILE", option));
}

void add_set_options(CommandLine& line, SetOptions& options, const std::string& ranked) {
  line.group("Gene sets");
  line.option(
          "gene-sets", options.gene_sets, "FILE",
          "test each set of genes of this file (GMT) for higher or lower values than all other genes: the "
          "rank-sum test of " +
              ranked)
      .reads()
      .usual();
  line.option("least-genes", options.least, "N", "leave out sets with fewer than N genes").range(1, 1e7);
  line.option("sets-table", options.table, "FILE", "write all sets (CSV)").writes();
  line.option("rnk", options.rnk, "FILE", "write the genes ranked by " + ranked + ", for other tools (RNK)")
      .writes();
  line.check(require_sets_of_table);
}

SetOutputs::SetOutputs(const SetOptions& options, bool overwrite) {
  if (!options.table.empty()) table.emplace(options.table, overwrite);
  if (!options.rnk.empty()) rnk.emplace(options.rnk, overwrite);
}

std::vector<GeneSet> sets_asked_for(const SetOptions& options, const Names& genes, const Names& gene_ids,
                                    Log& log) {
  if (options.gene_sets.empty()) return {};
  return read_gene_sets(options.gene_sets, NameIndex("gene", genes, {.accessions = &gene_ids}), options.least,
                        log);
}

std::vector<GeneSet> sets_asked_for(const SetOptions& options, const ExpressionMatrix& data, Log& log) {
  if (options.gene_sets.empty()) return {};
  return read_gene_sets(options.gene_sets, data, options.least, log);
}

nlohmann::ordered_json report_sets(std::span<const double> values, const std::string& tested,
                                   const Names& genes, const std::vector<GeneSet>& sets,
                                   const SetOptions& options, std::int64_t count, SetOutputs& outputs) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  if (outputs.rnk) write_ranked_list(*outputs.rnk, genes, values);
  if (options.gene_sets.empty()) return json;
  std::vector<Enrichment> found = enrichment(values, members_of(sets), options.least);
  sort_by_p(found);
  if (outputs.table) write_table(found, sets, *outputs.table);
  const std::span<const Enrichment> shown =
      std::span(found).first(std::min(found.size(), static_cast<std::size_t>(count)));
  print_table(shown, found.size(), sets);
  print_left_out(values, tested, found, sets, options.least);
  for (const Enrichment& row : shown)
    json.push_back({{"set", sets[row.set].name},
                    {"genes", row.genes},
                    {"others", row.others},
                    {"mean", row.mean},
                    {"auc", row.auc},
                    {"p", row.p},
                    {"q", row.q}});
  return json;
}

}  // namespace dko::app
