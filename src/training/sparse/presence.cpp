#include "presence.hpp"

namespace dko {

PresenceBits::PresenceBits(std::int64_t cells, std::int64_t genes)
    : words_((static_cast<std::size_t>(genes) + bits - 1) / bits),
      words_of_cells_(words_ * static_cast<std::size_t>(cells)) {}

PresenceBits::PresenceBits(const ExpressionMatrix& matrix) : PresenceBits(matrix.cells(), matrix.genes()) {
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    for (const std::int32_t gene : matrix.expressed(cell)) set(cell, gene);
  }
}

void PresenceBits::set(std::int64_t cell, std::int32_t gene) {
  words_of_cells_[static_cast<std::size_t>(cell) * words_ + static_cast<std::size_t>(gene) / bits] |=
      std::uint32_t{1} << (static_cast<std::uint32_t>(gene) % bits);
}

void PresenceBits::add(std::int64_t cell, float value, std::span<float> sums) const {
  const std::uint32_t* words = row(cell);
  for (std::size_t word = 0; word < words_; ++word) {
    float* of_word = sums.data() + word * bits;
    for (std::uint32_t bit = 0; bit < bits; ++bit)
      of_word[bit] += value * static_cast<float>(static_cast<std::int32_t>(words[word] >> bit & 1U));
  }
}

std::vector<GeneCells> cells_of_genes(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                                      std::span<const std::int32_t> genes) {
  constexpr std::int64_t unwanted = -1;
  std::vector<std::int64_t> place(static_cast<std::size_t>(profiles.genes()), unwanted);
  for (std::size_t at = 0; at < genes.size(); ++at)
    place[static_cast<std::size_t>(genes[at])] = static_cast<std::int64_t>(at);
  std::vector<GeneCells> of_genes(genes.size());
  for (const std::int64_t cell : cells) {
    const auto expressed = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      const std::int64_t to = place[static_cast<std::size_t>(expressed[at])];
      if (to == unwanted) continue;
      of_genes[static_cast<std::size_t>(to)].cells.push_back(cell);
      of_genes[static_cast<std::size_t>(to)].shares.push_back(shares[at]);
    }
  }
  return of_genes;
}

}  // namespace dko
