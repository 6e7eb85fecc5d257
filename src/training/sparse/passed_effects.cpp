#include "passed_effects.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

constexpr int steps = 2;
constexpr double least = 0.1;  // of the mean of the target
// dx/dp · p at the mean share m, in parts of x there: s/2 of s log 2.
const double part_of_level = 1 / (2 * std::log(2.0));

/// Effects of one gene on all, of which few are not 0.
class Effects {
 public:
  explicit Effects(std::size_t genes) : values_(genes, 0.0), is_there_(genes, 0) {}

  void add(std::int32_t gene, double effect) {
    const auto at = static_cast<std::size_t>(gene);
    if (is_there_[at] == 0) genes_.push_back(gene);
    is_there_[at] = 1;
    values_[at] += effect;
  }
  const std::vector<std::int32_t>& genes() const { return genes_; }
  double of(std::int32_t gene) const { return values_[static_cast<std::size_t>(gene)]; }
  void sort() { std::sort(genes_.begin(), genes_.end()); }
  void clear() {
    for (const std::int32_t gene : genes_) {
      values_[static_cast<std::size_t>(gene)] = 0;
      is_there_[static_cast<std::size_t>(gene)] = 0;
    }
    genes_.clear();
  }

 private:
  std::vector<double> values_;
  std::vector<char> is_there_;
  std::vector<std::int32_t> genes_;
};

/// Adds M times `from` to `to`.
void add_passed(const SparseMappingParts& parts, std::span<const double> means, const Effects& from,
                Effects& to) {
  for (const std::int32_t gene : from.genes()) {
    const auto at = static_cast<std::size_t>(gene);
    if (!(parts.levels.scale[at] > 0) || from.of(gene) == 0) continue;
    const double change_of_level = from.of(gene) * parts.levels.scale[at] / (2 * means[at]);
    for (auto entry = static_cast<std::size_t>(parts.starts[at]);
         entry < static_cast<std::size_t>(parts.starts[at + 1]); ++entry)
      to.add(parts.rows[entry], parts.effects[entry] * change_of_level);
  }
}

}  // namespace

void pass_on(SparseMappingParts& parts) {
  if (!parts.levels.any()) return;
  const std::size_t genes = parts.offset.size();
  std::vector<double> means;
  for (const double floor : parts.floor) means.push_back(floor / floor_share);
  Effects step(genes);
  Effects next(genes);
  Effects sum(genes);
  parts.passed_starts.assign(1, 0);
  parts.passed_rows.clear();
  parts.passed_effects.clear();
  for (std::size_t gene = 0; gene < genes; ++gene) {
    for (auto entry = static_cast<std::size_t>(parts.starts[gene]);
         entry < static_cast<std::size_t>(parts.starts[gene + 1]); ++entry)
      step.add(parts.rows[entry], parts.effects[entry]);
    for (int at = 0;; ++at) {
      for (const std::int32_t target : step.genes()) sum.add(target, step.of(target));
      if (at == steps) break;
      add_passed(parts, means, step, next);
      std::swap(step, next);
      next.clear();
    }
    step.clear();
    sum.sort();
    const double scale = parts.levels.scale[gene];
    const double part = scale > 0 ? part_of_level : 1;
    const double lost = scale > 0 ? scale / 2 : 1;
    for (const std::int32_t target : sum.genes()) {
      const auto at = static_cast<std::size_t>(target);
      const bool is_little = !(std::abs(sum.of(target)) * lost >= least * means[at]);
      if (at == gene || is_little) continue;
      parts.passed_rows.push_back(target);
      parts.passed_effects.push_back(part * sum.of(target));
    }
    sum.clear();
    parts.passed_starts.push_back(std::ssize(parts.passed_rows));
  }
}

}  // namespace dko
