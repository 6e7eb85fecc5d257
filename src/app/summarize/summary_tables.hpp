#pragma once
// Tables of dko summarize: genes and pairs over cells, as CSV, on the terminal and as JSON.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dko/base/csv_writer.hpp"
#include "dko/results/aggregate/summary.hpp"

namespace dko::app {

/// What is asked of one array.
struct Part {
  ScoreArray array;
  const char* kind;    ///< "gene", "pair"
  std::string option;  ///< of the file
  std::string path;
  RankBy by;
  SummaryTable table;
};

/// How many rows a part is to have, and how many of them are shown.
struct RowCounts {
  std::int64_t kept = 0;
  std::int64_t shown = 0;
};

/// How many genes are in a row: 1 or 2.
std::size_t genes_of(const Part& part);
std::string gene_name(const ScreenReader& screen, std::int32_t gene);

/// The titles of the columns; with `by_group` first that of the group.
void write_header(const ScreenReader& screen, const Part& part, bool by_group, CsvWriter& csv);
/// The rows, with the label of their group where there is one.
void write_rows(const ScreenReader& screen, const Part& part, const std::string* group, CsvWriter& csv);
/// Approximate size in bytes of so many rows in a file.
double table_bytes(const Part& part, std::int64_t rows);

/// The first `rows` on standard output; `where` follows the title, such as " in type=A".
void print_table(const ScreenReader& screen, const Part& part, std::size_t rows,
                 const std::string& where = {});
/// The first `rows`.
nlohmann::ordered_json to_json(const ScreenReader& screen, const Part& part, std::size_t rows);

}  // namespace dko::app
