#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dko/base/delimited.hpp"
#include "dko/base/name_list.hpp"

namespace dko {

/// The columns of a table of knockouts that say which gene and cell each row is about: gene_id or gene_index
/// (or gene1_…, gene2_… and so on for several genes) and cell_id or cell_index, in any order, beside other
/// columns. Columns _index hold numbers from 0, columns _name names, columns _id, or without such an ending,
/// either, as NameIndex reads them; "#7" is a number in each. Since exports write numbers into columns _id,
/// as the original does, what is the name of one and the number of another is refused there. A gene whose
/// text as a whole is none may have a sign before it: +gene1 is to be switched on, -gene1 to be lost.
class EventColumns {
 public:
  /// Reads the header, the first row of `file`. Local.
  /// @throws InputError with file and line for a column that is missing or there twice.
  EventColumns(DelimitedReader& file, const std::filesystem::path& path);

  /// Number of gene columns.
  std::int64_t order() const { return std::ssize(genes_); }

  /// The place of the column with this title. @throws InputError if there is none.
  std::size_t required(std::string_view title) const;
  std::optional<std::size_t> optional(std::string_view title) const;

  /// The genes of the row the file is at, with 1 of those that have the sign +, and 0 of the others, which
  /// may have the sign -, a number only beside a gene with +; and its cell. Empty if one is unknown, which
  /// the lookup notes.
  /// @throws InputError with file and line for a row of other length than the header, one without a gene, a
  ///         name that several have, and where a value is the name of one and the number of another
  struct SignedGenes {
    std::vector<std::int32_t> genes;
    std::vector<std::int32_t> added;
  };
  SignedGenes signed_genes(const DelimitedReader& row, NameLookup& lookup) const;
  std::optional<std::int32_t> cell(const DelimitedReader& row, NameLookup& lookup) const;

  /// @throws InputError unless the row has as many fields as the header.
  void require_whole(const DelimitedReader& row) const;

 private:
  enum class Labels { names, numbers, ids, either };
  struct Column {
    std::size_t at = 0;
    Labels labels = Labels::either;
  };
  static Labels take_labels(std::string_view& title);
  static std::optional<std::int64_t> gene_number(std::string_view title);
  static std::optional<std::int32_t> find(const DelimitedReader& row, const Column& column, char sign,
                                          NameLookup& lookup);
  static char sign_of(const DelimitedReader& row, const Column& column, const NameIndex& index);
  bool adds_genes(const DelimitedReader& row, const NameIndex& index) const;

  std::string place_;  // of the header
  std::vector<std::string> titles_;
  std::vector<Column> genes_;
  Column cell_;
};

}  // namespace dko
