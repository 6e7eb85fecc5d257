#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dko {

/// Names of genes or of cells, in the order of the data.
using Names = std::vector<std::string>;

/// "gene0", "gene1", …: for data that comes without names.
Names numbered_names(std::string_view stem, std::int64_t count);

/// Renames repeats ("Actb", "Actb" → "Actb", "Actb-1"), as anndata's var_names_make_unique does.
/// Returns how many were renamed.
std::int64_t make_unique(Names& names);

/// Finds genes or cells by what users write for them: a name, or else a number from 0 in the order of the
/// data. A name wins over a number.
class NameIndex {
 public:
  /// `kind` is the word for messages, such as "gene". `names` must outlive the index.
  NameIndex(std::string_view kind, const Names& names);

  /// @throws InputError that begins with `place` if there is no such gene or cell.
  std::int32_t find(std::string_view text, std::string_view place) const;

 private:
  std::string kind_;
  const Names* names_;
  std::unordered_map<std::string_view, std::int32_t> position_;
};

/// Positions of the names or numbers listed in a text file, one a line, in the file's order.
/// @throws InputError for a missing or empty file, an unknown name, or one that is listed twice.
std::vector<std::int32_t> read_name_list(const std::filesystem::path& path, const NameIndex& index);

}  // namespace dko
