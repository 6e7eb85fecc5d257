#pragma once
// Sets of genes and ranked lists, as explain and summarize have them.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/base/output_file.hpp"
#include "dko/command_line/command_line.hpp"
#include "dko/expression/gene_sets.hpp"

namespace dko::app {

struct SetOptions {
  std::string gene_sets;
  std::int64_t least = 5;
  std::string table;
  std::string rnk;

  bool any() const { return !gene_sets.empty() || !rnk.empty(); }
};

/// --gene-sets, --least-genes, --sets-table and --rnk. `ranked` completes "the genes ranked by".
void add_set_options(CommandLine& line, SetOptions& options, const std::string& ranked);

/// @throws UsageError for --sets-table without --gene-sets
void require_sets_of_table(const CommandLine& parsed);

/// What is written, claimed before any computing. Local: rank 0.
struct SetOutputs {
  SetOutputs(const SetOptions& options, bool overwrite);

  std::optional<CsvWriter> table;
  std::optional<OutputFile> rnk;
};

/// The sets of --gene-sets; none without. Local: rank 0. @throws as read_gene_sets
std::vector<GeneSet> sets_asked_for(const SetOptions& options, const Names& genes, const Names& gene_ids,
                                    Log& log);
/// The same, and tells which genes the data have that were not chosen.
std::vector<GeneSet> sets_asked_for(const SetOptions& options, const ExpressionMatrix& data, Log& log);

/// Writes what was asked for, prints the `count` sets of smallest p and those that could not be tested, and
/// returns the former for the JSON report: an array, empty without sets. `values` are of the genes, NaN for
/// one that is left out; `tested` completes "fewer than 5 genes" by what those with a value are. `sets` were
/// read with options.least. Local: rank 0. @throws IoError
nlohmann::ordered_json report_sets(std::span<const double> values, const std::string& tested,
                                   const Names& genes, const std::vector<GeneSet>& sets,
                                   const SetOptions& options, std::int64_t count, SetOutputs& outputs);

}  // namespace dko::app
