#include "dko/results/ranked_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <limits>

#include "dko/base/error.hpp"
#include "dko/base/name_index.hpp"
#include "dko/base/output_path.hpp"

namespace dko {

void write_ranked_list(OutputFile& output, const Names& genes, std::span<const double> values) {
  std::vector<std::size_t> order;
  for (std::size_t gene = 0; gene < values.size(); ++gene) {
    if (std::isnan(values[gene])) continue;
    if (genes[gene].find_first_of("\t\r\n") != std::string::npos)
      throw InputError(
          fmt::format("{}: gene {} has a tab or a line break in its name, which a ranked list cannot have",
                      output.final_path().string(), shown_name(genes[gene])));
    order.push_back(gene);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  errno = 0;
  std::ofstream out(output.partial_path());
  for (const std::size_t gene : order) out << fmt::format("{}\t{}\n", genes[gene], values[gene]);
  if (!out.flush())
    throw IoError(
        fmt::format("{}: writing failed: {}", output.final_path().string(), why_writing_failed(errno)));
  out.close();
  output.commit();
}

std::vector<double> ranking_means(const SummaryTable& table, std::span<const GeneVisibility> visibility,
                                  std::size_t genes) {
  std::vector<double> means(genes, std::numeric_limits<double>::quiet_NaN());
  for (const KnockoutSummary& row : table.rows) {
    const auto gene = static_cast<std::size_t>(row.genes[0]);
    if (row.cells > 0 && (visibility.empty() || is_visible(visibility[gene])))
      means[gene] = row.of[table.by].mean;
  }
  return means;
}

}  // namespace dko
