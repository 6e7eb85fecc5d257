#include "dko/results/export/table_export.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/results/score_reader.hpp"
#include "results/screen_file/screen_layout.hpp"

namespace dko {

namespace {

constexpr std::size_t block = std::size_t{1} << 20;

/// A column that is written in pieces from its start on.
class Column {
 public:
  Column(hdf5::Location& group, const std::string& name, std::int64_t rows)
      : dataset_(group.create(name, hdf5::Type::i32, {rows})) {}

  void add(std::int32_t value) {
    values_.push_back(value);
    if (values_.size() == block) flush();
  }
  void flush() {
    dataset_.write(written_, std::span<const std::int32_t>(values_));
    sum_.add(std::span<const std::int32_t>(values_));
    written_ += std::ssize(values_);
    values_.clear();
  }
  void finish() {
    flush();
    dataset_.set_checksum(sum_.value());
  }

 private:
  hdf5::Dataset dataset_;
  RunningChecksum sum_;
  std::int64_t written_ = 0;
  std::vector<std::int32_t> values_;
};

/// "gene" and "cell", or "gene1", "gene2" and so on.
Names event_names(std::int64_t order) {
  Names names;
  for (std::int64_t gene = 1; gene <= order; ++gene)
    names.push_back(order == 1 ? "gene" : fmt::format("gene{}", gene));
  names.emplace_back("cell");
  return names;
}

void write_events(hdf5::Location& group, const ScreenReader& screen, ScoreArray array, const Names& names) {
  std::vector<Column> columns;
  for (const std::string& name : names) columns.emplace_back(group, name, screen.events(array));
  screen.for_each_event(array, [&](const Event& event) {
    for (std::size_t at = 0; at < event.genes.size(); ++at) columns[at].add(event.genes[at]);
    columns.back().add(static_cast<std::int32_t>(event.cell));
  });
  for (Column& column : columns) column.finish();
}

void write_measure(hdf5::Location& group, const ScreenReader& screen, ScoreArray array,
                   const Measure& measure, const std::string& name) {
  const std::int64_t events = screen.events(array);
  hdf5::Dataset column = group.create(name, hdf5::Type::f32, {events});
  ScoreReader reader(screen, array, measure);
  RunningChecksum sum;
  std::vector<float> values;
  for (std::int64_t first = 0; first < events; first += std::ssize(values)) {
    values.resize(std::min(block, static_cast<std::size_t>(events - first)));
    reader.read(first, values);
    column.write(first, std::span<const float>(values));
    sum.add(std::span<const float>(values));
  }
  column.set_checksum(sum.value());
}

void write_part(hdf5::File& file, const ScreenReader& screen, const TablePart& part) {
  hdf5::Location group = file.create_group(part.group);
  Names columns = event_names(screen.order(part.array));
  write_events(group, screen, part.array, columns);
  for (const Measure& measure : part.measures) {
    const std::string name = column_name(measure);
    write_measure(group, screen, part.array, measure, name);
    columns.push_back(name);
  }
  for (const std::string& column : columns) group.set_encoding(column, "array", "0.2.0");
  group.set("columns", columns);
}

/// Measures of a table: those that are wanted and that the array has, or all that it has.
std::vector<Measure> table_measures(const ScreenReader& screen, ScoreArray array,
                                    std::vector<Measure> wanted) {
  if (wanted.empty()) return screen.measures(array);
  std::erase_if(wanted, [&](const Measure& measure) { return !screen.has(array, measure); });
  return wanted;
}

}  // namespace

std::vector<TablePart> table_parts(const ScreenReader& screen, const std::vector<Measure>& wanted) {
  std::vector<TablePart> parts;
  const auto add = [&](ScoreArray array, const char* group) {
    if (!screen.has(array)) return;
    std::vector<Measure> measures = table_measures(screen, array, wanted);
    if (!measures.empty()) parts.push_back({array, group, std::move(measures)});
  };
  add(ScoreArray::singles, "singles");
  add(ScoreArray::pairs, "pairs");
  if (!screen.has(ScoreArray::list)) return parts;
  const std::int64_t order = screen.order(ScoreArray::list);
  const bool is_of_singles = order == 1 && !screen.has(ScoreArray::singles);
  const bool is_of_pairs = order == 2 && !screen.has(ScoreArray::pairs);
  add(ScoreArray::list, is_of_singles ? "singles" : is_of_pairs ? "pairs" : "list");
  return parts;
}

double table_export_bytes(const ScreenReader& screen, std::span<const TablePart> parts) {
  constexpr double fixed = 1 << 20;
  constexpr double bytes_of_name = 64;
  double bytes =
      fixed + bytes_of_name * static_cast<double>(screen.gene_names().size() + screen.cell_names().size());
  for (const TablePart& part : parts) {
    const auto columns = static_cast<double>(screen.order(part.array) + 1 + std::ssize(part.measures));
    bytes += 4 * columns * static_cast<double>(screen.events(part.array));
  }
  return bytes;
}

void write_score_tables(OutputFile& output, const ScreenReader& screen, std::span<const TablePart> parts,
                        const std::string& command) {
  hdf5::File file = hdf5::File::create(output.partial_path());
  hdf5::write_header(file, table_export_kind, screen.provenance());
  file.set("export_command", command);
  if (screen.activates()) file.set(screen_layout::activation, std::int64_t{1});
  if (screen.presence() > 0) file.set(screen_layout::knockdown, screen.presence());
  file.create_group(screen_layout::genes).write_strings(screen_layout::name, screen.gene_names());
  file.create_group(screen_layout::cells).write_strings(screen_layout::name, screen.cell_names());
  for (const TablePart& part : parts) write_part(file, screen, part);
  file.close();
  output.commit();
}

}  // namespace dko
