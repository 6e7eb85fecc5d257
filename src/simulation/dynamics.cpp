#include "dko/simulation/dynamics.hpp"

namespace dko {

RegulatoryDynamics::RegulatoryDynamics(std::span<const Regulation> network, std::int64_t genes,
                                       RepressorLoss loss, Kinetics kinetics)
    : kinetics_(kinetics),
      lost_repressor_(loss),
      starts_(static_cast<std::size_t>(genes) + 1),
      terms_(network.size()) {
  for (const Regulation& regulation : network) ++starts_[static_cast<std::size_t>(regulation.target) + 1];
  for (std::size_t gene = 0; gene + 1 < starts_.size(); ++gene) starts_[gene + 1] += starts_[gene];
  std::vector<std::int64_t> next = starts_;
  for (const Regulation& regulation : network) {
    const auto at = next[static_cast<std::size_t>(regulation.target)]++;
    terms_[static_cast<std::size_t>(at)] = {regulation.regulator, regulation.activates, regulation.weight};
  }
}

RegulatoryDynamics RegulatoryDynamics::without(const std::vector<bool>& absent) const {
  std::vector<std::int32_t> place(absent.size(), constant);
  std::int32_t present = 0;
  for (std::size_t gene = 0; gene < absent.size(); ++gene) {
    if (!absent[gene]) place[gene] = present++;
  }
  // With multiplicative kinetics the factor of an absent regulator is 1.
  const bool frees = kinetics_ == Kinetics::additive && lost_repressor_ == RepressorLoss::frees;
  RegulatoryDynamics rest(kinetics_, lost_repressor_);
  for (std::size_t gene = 0; gene < absent.size(); ++gene) {
    if (absent[gene]) continue;
    for (std::int64_t at = starts_[gene]; at < starts_[gene + 1]; ++at) {
      Term term = terms_[static_cast<std::size_t>(at)];
      if (term.regulator != constant) term.regulator = place[static_cast<std::size_t>(term.regulator)];
      if (term.regulator != constant || (!term.activates && frees)) rest.terms_.push_back(term);
    }
    rest.starts_.push_back(std::ssize(rest.terms_));
  }
  return rest;
}

double RegulatoryDynamics::sum_of_terms(std::size_t gene, std::span<const double> x) const {
  double sum = 0;
  for (std::int64_t at = starts_[gene]; at < starts_[gene + 1]; ++at) {
    const Term& term = terms_[static_cast<std::size_t>(at)];
    if (term.regulator == constant) {
      sum += term.weight;
      continue;
    }
    const double regulator = x[static_cast<std::size_t>(term.regulator)];
    sum += term.weight * (term.activates ? regulator : 1.0) / (1 + regulator);
  }
  return sum;
}

double RegulatoryDynamics::product_of_factors(std::size_t gene, std::span<const double> x) const {
  double product = 1;
  for (std::int64_t at = starts_[gene]; at < starts_[gene + 1]; ++at) {
    const Term& term = terms_[static_cast<std::size_t>(at)];
    const double level = x[static_cast<std::size_t>(term.regulator)];
    const double factor = 1 + term.weight * level * level / (1 + level * level);
    product = term.activates ? product * factor : product / factor;
  }
  return product;
}

void RegulatoryDynamics::production(std::span<const double> rates, std::span<const double> x,
                                    std::span<double> production) const {
  for (std::size_t gene = 0; gene + 1 < starts_.size(); ++gene) {
    const double made = kinetics_ == Kinetics::additive ? sum_of_terms(gene, x) : product_of_factors(gene, x);
    production[gene] = rates.empty() ? made : rates[gene] * made;
  }
}

}  // namespace dko
