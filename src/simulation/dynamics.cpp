#include "dko/simulation/dynamics.hpp"

namespace dko {

RegulatoryDynamics::RegulatoryDynamics(std::span<const Regulation> network, std::int64_t genes,
                                       RepressorLoss loss)
    : lost_repressor_(loss == RepressorLoss::frees ? 1.0 : 0.0),
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

void RegulatoryDynamics::production(const std::vector<bool>& absent, std::span<const double> x,
                                    std::span<double> production) const {
  for (std::size_t gene = 0; gene + 1 < starts_.size(); ++gene) {
    double sum = 0;
    for (std::int64_t at = starts_[gene]; !absent[gene] && at < starts_[gene + 1]; ++at) {
      const Term& term = terms_[static_cast<std::size_t>(at)];
      const auto regulator = static_cast<std::size_t>(term.regulator);
      if (absent[regulator]) {
        if (!term.activates) sum += term.weight * lost_repressor_;
        continue;
      }
      const double level = term.activates ? x[regulator] : 1.0;
      sum += term.weight * level / (1 + x[regulator]);
    }
    production[gene] = sum;
  }
}

}  // namespace dko
