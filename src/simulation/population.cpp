#include "dko/simulation/population.hpp"

#include <algorithm>
#include <cmath>

#include "dko/base/random.hpp"
#include "dko/simulation/cells.hpp"

namespace dko {

namespace {

/// Log-normal factors of median 1, one a gene, for each of `groups`; none if there is one group, or no
/// spread.
std::vector<std::vector<double>> factors(std::int64_t groups, double spread, std::int64_t genes,
                                         const char* name, std::uint64_t seed) {
  std::vector<std::vector<double>> all;
  for (std::int64_t group = 0; groups > 1 && spread > 0 && group < groups; ++group) {
    RandomStream stream(seed, name, static_cast<std::uint64_t>(group));
    std::vector<double>& of_group = all.emplace_back(static_cast<std::size_t>(genes));
    for (double& factor : of_group) factor = std::exp(spread * stream.normal());
  }
  return all;
}

void multiply(std::vector<double>& rates, const std::vector<std::vector<double>>& groups,
              std::int64_t group) {
  if (groups.empty()) return;
  const std::vector<double>& of_group = groups[static_cast<std::size_t>(group)];
  for (std::size_t gene = 0; gene < rates.size(); ++gene) rates[gene] *= of_group[gene];
}

}  // namespace

Population::Population(const PopulationOptions& options, std::int64_t genes)
    : options_(options),
      genes_(genes),
      always_on_(RandomStream(options.seed, "always on")
                     .distinct(std::llround(options.always_on * static_cast<double>(genes)), genes)),
      rates_of_type_(factors(options.types, options.type_spread, genes, "rates of types", options.seed)),
      rates_of_state_(factors(options.states, options.state_spread, genes, "rates of states", options.seed)) {
  for (std::int64_t gene = 0; gene < genes; ++gene) {
    if (!std::binary_search(always_on_.begin(), always_on_.end(), gene)) may_be_absent_.push_back(gene);
  }
  constexpr double most_absent = 0.98;
  for (std::int64_t type = 0; options.types > 1 && type < options.types; ++type) {
    RandomStream stream(options.seed, "absence in types", static_cast<std::uint64_t>(type));
    std::vector<double>& of_type = absence_of_type_.emplace_back(static_cast<std::size_t>(genes));
    for (double& absence : of_type) absence = std::min(most_absent, stream.uniform(0, 2) * options.absent);
    for (const std::int64_t gene : always_on_) of_type[static_cast<std::size_t>(gene)] = 0;
  }
}

bool Population::has_rates() const {
  return !rates_of_type_.empty() || !rates_of_state_.empty() || options_.rate_noise > 0;
}

void Population::draw_genes(CellNature& nature, std::uint64_t number) const {
  nature.absent.assign(static_cast<std::size_t>(genes_), false);
  RandomStream stream(options_.seed, "cells", number);
  if (absence_of_type_.empty()) {
    const auto candidates = std::ssize(may_be_absent_);
    const auto count = std::llround(options_.absent * static_cast<double>(candidates));
    for (const std::int64_t at : stream.distinct(count, candidates))
      nature.absent[static_cast<std::size_t>(may_be_absent_[static_cast<std::size_t>(at)])] = true;
  } else {
    draw_absent_of_type(nature, number);
  }
  nature.start.resize(static_cast<std::size_t>(genes_));
  for (double& level : nature.start) level = stream.uniform(0, 1);
}

void Population::draw_absent_of_type(CellNature& nature, std::uint64_t number) const {
  RandomStream stream(options_.seed, "absence", number);
  const std::vector<double>& absence = absence_of_type_[static_cast<std::size_t>(nature.kind.type)];
  for (std::size_t gene = 0; gene < absence.size(); ++gene)
    nature.absent[gene] = stream.uniform(0, 1) < absence[gene];
}

void Population::draw_rates(CellNature& nature, std::uint64_t number) const {
  if (!has_rates()) return;
  nature.rates.assign(static_cast<std::size_t>(genes_), 1.0);
  multiply(nature.rates, rates_of_type_, nature.kind.type);
  multiply(nature.rates, rates_of_state_, nature.kind.state);
  if (!(options_.rate_noise > 0)) return;
  RandomStream stream(options_.seed, "noise of rates", number);
  for (double& rate : nature.rates) rate *= std::exp(options_.rate_noise * stream.normal());
}

CellKind Population::kind(std::int64_t cell) const {
  RandomStream stream(options_.seed, "kinds of cells", static_cast<std::uint64_t>(cell));
  CellKind kind;
  kind.type = stream.below(options_.types);
  kind.state = stream.below(options_.states);
  return kind;
}

CellNature Population::nature(std::int64_t cell, std::int64_t draw) const {
  CellNature nature;
  nature.kind = kind(cell);
  const auto number = static_cast<std::uint64_t>(cell * most_draws + draw);
  draw_genes(nature, number);
  draw_rates(nature, number);
  return nature;
}

}  // namespace dko
