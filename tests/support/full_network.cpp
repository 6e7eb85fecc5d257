#include "full_network.hpp"

#include <algorithm>
#include <cmath>

namespace dko::testing {

std::vector<double> full_profile(const Mapping& mapping, std::span<const std::int32_t> expressed) {
  const auto genes = static_cast<std::size_t>(mapping.shape().genes);
  const auto width = static_cast<std::size_t>(mapping.shape().hidden);
  std::vector<double> assemblage(genes, 0.0);
  for (const std::int32_t gene : expressed) {
    assemblage[static_cast<std::size_t>(gene)] = 1.0 / static_cast<double>(expressed.size());
  }
  std::vector<double> hidden(width);
  for (std::size_t k = 0; k < width; ++k) {
    hidden[k] = static_cast<double>(mapping.b1()[k]);
    for (std::size_t j = 0; j < genes; ++j) {
      hidden[k] += static_cast<double>(mapping.w1()[j * width + k]) * assemblage[j];
    }
  }
  std::vector<double> profile(genes);
  double total = 0;
  for (std::size_t i = 0; i < genes; ++i) {
    double output = static_cast<double>(mapping.b2()[i]);
    for (std::size_t k = 0; k < width; ++k)
      output += static_cast<double>(mapping.w2()[i * width + k]) * hidden[k];
    profile[i] = assemblage[i] * std::abs(output);
    total += profile[i];
  }
  for (double& share : profile) share = total > 0 ? share / total : 0.0;
  return profile;
}

std::vector<double> full_outputs(const Mapping& mapping, std::span<const double> presences) {
  const auto genes = presences.size();
  const auto width = static_cast<std::size_t>(mapping.shape().hidden);
  double sum = 0;
  for (const double presence : presences) sum += presence;
  std::vector<double> outputs(genes);
  for (std::size_t i = 0; i < genes; ++i) {
    double output = static_cast<double>(mapping.b2()[i]);
    for (std::size_t k = 0; k < width; ++k) {
      double hidden = static_cast<double>(mapping.b1()[k]);
      for (std::size_t j = 0; j < genes; ++j)
        hidden += static_cast<double>(mapping.w1()[j * width + k]) * (presences[j] / sum);
      output += static_cast<double>(mapping.w2()[i * width + k]) * hidden;
    }
    outputs[i] = std::abs(output);
  }
  return outputs;
}

double full_distance(std::span<const double> a, std::span<const double> b) {
  double difference = 0;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::abs(a[i] - b[i]);
    sum += a[i] + b[i];
  }
  return sum > 0 ? difference / sum : 0.0;
}

namespace {

std::vector<std::int32_t> without(std::span<const std::int32_t> expressed,
                                  std::span<const std::int32_t> removed) {
  std::vector<std::int32_t> left;
  for (const std::int32_t gene : expressed) {
    if (std::find(removed.begin(), removed.end(), gene) == removed.end()) left.push_back(gene);
  }
  return left;
}

}  // namespace

double rescaled_distance(std::span<const double> after, std::vector<double> before,
                         std::span<const std::int32_t> removed) {
  for (const std::int32_t gene : removed) before[static_cast<std::size_t>(gene)] = 0;
  double total = 0;
  for (const double share : before) total += share;
  for (double& share : before) share = total > 0 ? share / total : 0.0;
  return full_distance(after, before);
}

double full_impact(const Mapping& mapping, std::span<const std::int32_t> expressed,
                   std::span<const std::int32_t> removed) {
  return full_distance(full_profile(mapping, without(expressed, removed)), full_profile(mapping, expressed));
}

double full_network_impact(const Mapping& mapping, std::span<const std::int32_t> expressed,
                           std::span<const std::int32_t> removed) {
  return rescaled_distance(full_profile(mapping, without(expressed, removed)),
                           full_profile(mapping, expressed), removed);
}

}  // namespace dko::testing
