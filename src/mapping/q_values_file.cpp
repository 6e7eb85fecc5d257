#include "dko/mapping/q_values_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"

namespace dko {

namespace {

constexpr auto effects_name = "q_value";
constexpr auto genes_name = "gene_q_value";

std::vector<double> read_rates(const hdf5::Location& location, const char* name, std::int64_t count) {
  location.dataset(name).require_intact();
  std::vector<double> rates = location.read<double>(name);
  if (std::ssize(rates) != count)
    throw InputError(
        fmt::format("{}/{}: has {} values, expected {}", location.place(), name, rates.size(), count));
  const auto bad =
      std::find_if_not(rates.begin(), rates.end(), [](double rate) { return rate >= 0 && rate <= 1; });
  if (bad == rates.end()) return rates;
  throw InputError(fmt::format("{}/{}: value {} is {}, which is no rate from 0 to 1", location.place(), name,
                               bad - rates.begin(), *bad));
}

}  // namespace

void write_q_values(hdf5::Location& mapping, const QValues& q) {
  if (q.empty()) return;
  mapping.write<double>(effects_name, q.effects);
  write_gene_q_values(mapping, q.genes);
}

QValues read_q_values(const hdf5::Location& mapping, std::int64_t effects, std::int64_t genes) {
  if (mapping.has(genes_name) != mapping.has(effects_name))
    throw InputError(fmt::format("{}: has one of {} and {} without the other: the file is corrupt",
                                 mapping.place(), genes_name, effects_name));
  if (!mapping.has(genes_name)) return {};
  return {read_rates(mapping, effects_name, effects), read_gene_q_values(mapping, genes)};
}

double gene_q_values_bytes(std::int64_t genes) {
  return sizeof(double) * static_cast<double>(genes) + 1024;
}

void write_gene_q_values(hdf5::Location& location, const std::vector<double>& genes) {
  if (!genes.empty()) location.write<double>(genes_name, genes);
}

std::vector<double> read_gene_q_values(const hdf5::Location& location, std::int64_t genes) {
  return location.has(genes_name) ? read_rates(location, genes_name, genes) : std::vector<double>();
}

}  // namespace dko
