#include "gene_of_row.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"

namespace dko {

std::optional<std::int32_t> gene_in(const DelimitedReader& row, std::size_t column, bool by_number,
                                    const NameIndex& index) {
  if (column >= row.fields().size()) return std::nullopt;
  const std::string_view text = row.fields()[column];
  Meaning meaning = by_number ? index.by_number(text) : index.by_name(row.as_written(column));
  if (meaning.positions.empty() && !by_number) meaning = index.by_name(text);
  if (meaning.positions.size() > 1)
    throw InputError(fmt::format("{}: {}: leave the row out, or give a column gene_index", row.place(),
                                 index.note(text, meaning)));
  return meaning.positions.empty() ? std::nullopt : std::optional(meaning.positions.front());
}

}  // namespace dko
