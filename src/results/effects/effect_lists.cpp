#include "dko/results/effects/effect_lists.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

/// Larger |measure| first, equal ones in the order of the table.
auto larger_in(const EffectTable& table, EffectMeasure by) {
  return [&table, by](const EffectEntry& a, const EffectEntry& b) {
    const double size_a = std::abs(table.measure(a.at, by));
    const double size_b = std::abs(table.measure(b.at, by));
    return size_a != size_b ? size_a > size_b : a.at < b.at;
  };
}

/// The first `count` of a range in this order.
template <class Order>
void append_first(std::vector<EffectEntry> range, std::int64_t count, Order order,
                  std::vector<EffectEntry>& to) {
  const auto most = std::min(count, std::ssize(range));
  std::partial_sort(range.begin(), range.begin() + most, range.end(), order);
  to.insert(to.end(), range.begin(), range.begin() + most);
}

std::vector<EffectEntry> entries_of_row(const EffectTable& table, std::size_t row) {
  std::vector<EffectEntry> entries;
  for (auto at = table.starts[row]; at < table.starts[row + 1]; ++at)
    entries.push_back({row, static_cast<std::size_t>(at)});
  return entries;
}

void write_entry(const EffectTable& table, std::size_t at, CsvWriter& csv) {
  const EffectTable::Group& all = table.of_groups.front();
  csv.field(all.change[at]).field(all.relative[at]).field(static_cast<std::int64_t>(all.both[at]));
  if (!all.change_sd.empty()) csv.field(all.change_sd[at]);
  if (table.has_q_values) csv.field(table.q[at]);
}

}  // namespace

std::vector<EffectEntry> top_targets(const EffectTable& table, EffectMeasure by, std::int64_t count) {
  std::vector<EffectEntry> top;
  for (std::size_t row = 0; row < table.lost.size(); ++row)
    append_first(entries_of_row(table, row), count, larger_in(table, by), top);
  return top;
}

std::vector<EffectEntry> top_regulators(const EffectTable& table, EffectMeasure by, std::int64_t count) {
  std::vector<EffectEntry> all;
  for (std::size_t row = 0; row < table.lost.size(); ++row) {
    const std::vector<EffectEntry> of_row = entries_of_row(table, row);
    all.insert(all.end(), of_row.begin(), of_row.end());
  }
  std::stable_sort(all.begin(), all.end(), [&](const EffectEntry& a, const EffectEntry& b) {
    return table.genes[a.at] < table.genes[b.at];
  });
  std::vector<EffectEntry> top;
  for (auto first = all.begin(); first != all.end();) {
    const auto last = std::find_if(first, all.end(), [&](const EffectEntry& entry) {
      return table.genes[entry.at] != table.genes[first->at];
    });
    append_first({first, last}, count, larger_in(table, by), top);
    first = last;
  }
  return top;
}

std::vector<EffectEntry> top_effects(const EffectTable& table, EffectMeasure by, std::int64_t count) {
  // No more than so many of each row can be among them.
  std::vector<EffectEntry> top;
  append_first(top_targets(table, by, count), count, larger_in(table, by), top);
  return top;
}

std::vector<SetChange> top_set_changes(const EffectTable& table, std::size_t sets, EffectMeasure by,
                                       std::int64_t count) {
  const EffectTable::Group& all = table.of_groups.front();
  const std::vector<double>& values = by == EffectMeasure::change ? all.set_change : all.set_relative;
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < values.size(); ++at)
    if (std::abs(values[at]) > 0) places.push_back(at);
  const auto most = std::min(count, std::ssize(places));
  std::partial_sort(places.begin(), places.begin() + most, places.end(), [&](std::size_t a, std::size_t b) {
    const double size_a = std::abs(values[a]);
    const double size_b = std::abs(values[b]);
    return size_a != size_b ? size_a > size_b : a < b;
  });
  std::vector<SetChange> top;
  for (auto at = places.begin(); at != places.begin() + most; ++at) top.push_back({*at / sets, *at % sets});
  return top;
}

std::int64_t genes_left(const std::vector<std::int32_t>& members, std::int32_t lost) {
  return std::ssize(members) - (std::binary_search(members.begin(), members.end(), lost) ? 1 : 0);
}

void write_effect_list(const EffectTable& table, std::span<const EffectEntry> entries, EffectsOf first,
                       const Names& genes, CsvWriter& csv) {
  const bool by_lost = first == EffectsOf::lost;
  csv.field(by_lost ? "gene_lost" : "gene").field("rank").field(by_lost ? "gene" : "gene_lost");
  csv.field("change").field("relative").field("cells");
  if (!table.of_groups.front().change_sd.empty()) csv.field("change_sd");
  if (table.has_q_values) csv.field("q");
  csv.end_row();
  std::int64_t rank = 0;
  std::int32_t before = -1;
  for (const EffectEntry& entry : entries) {
    const std::int32_t lost = table.lost[entry.row];
    const std::int32_t gene = table.genes[entry.at];
    const std::int32_t of = by_lost ? lost : gene;
    rank = of == before ? rank + 1 : 1;
    before = of;
    csv.field(genes[static_cast<std::size_t>(of)]).field(rank);
    csv.field(genes[static_cast<std::size_t>(by_lost ? gene : lost)]);
    write_entry(table, entry.at, csv);
    csv.end_row();
  }
  csv.finish();
}

void write_set_list(const EffectTable& table, const Names& set_names,
                    const std::vector<std::vector<std::int32_t>>& sets, const Names& genes,
                    const Names& labels, CsvWriter& csv) {
  csv.field("gene_lost").field("set");
  if (!labels.empty()) csv.field("group");
  csv.field("genes").field("cells").field("change").field("relative").end_row();
  for (std::size_t row = 0; row < table.lost.size(); ++row) {
    for (std::size_t number = 0; number < table.of_groups.size(); ++number) {
      const EffectTable::Group& group = table.of_groups[number];
      for (std::size_t set = 0; set < sets.size(); ++set) {
        csv.field(genes[static_cast<std::size_t>(table.lost[row])]).field(set_names[set]);
        if (!labels.empty()) csv.field(number == 0 ? std::string() : labels[number - 1]);
        csv.field(genes_left(sets[set], table.lost[row])).field(group.cells[row]);
        csv.field(group.set_change[row * sets.size() + set]);
        csv.field(group.set_relative[row * sets.size() + set]).end_row();
      }
    }
  }
  csv.finish();
}

}  // namespace dko
