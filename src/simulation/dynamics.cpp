#include "dko/simulation/dynamics.hpp"

namespace dko {

RegulatoryDynamics::RegulatoryDynamics(std::span<const Regulation> network, std::int64_t genes,
                                       RepressorLoss loss, Kinetics kinetics)
    : kinetics_(kinetics),
      lost_repressor_(loss == RepressorLoss::frees ? 1.0 : 0.0),
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

double RegulatoryDynamics::sum_of_terms(std::size_t gene, const std::vector<bool>& absent,
                                        std::span<const double> x) const {
  double sum = 0;
  for (std::int64_t at = starts_[gene]; at < starts_[gene + 1]; ++at) {
    const Term& term = terms_[static_cast<std::size_t>(at)];
    const auto regulator = static_cast<std::size_t>(term.regulator);
    if (absent[regulator]) {
      if (!term.activates) sum += term.weight * lost_repressor_;
      continue;
    }
    const double level = term.activates ? x[regulator] : 1.0;
    sum += term.weight * level / (1 + x[regulator]);
  }
  return sum;
}

/// An absent regulator is at 0, so that its factor is 1.
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

void RegulatoryDynamics::production(const std::vector<bool>& absent, std::span<const double> rates,
                                    std::span<const double> x, std::span<double> production) const {
  for (std::size_t gene = 0; gene + 1 < starts_.size(); ++gene) {
    if (absent[gene]) {
      production[gene] = 0;
      continue;
    }
    const double made =
        kinetics_ == Kinetics::additive ? sum_of_terms(gene, absent, x) : product_of_factors(gene, x);
    production[gene] = rates.empty() ? made : rates[gene] * made;
  }
}

}  // namespace dko
