#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
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

/// Renames every gene that shares its name by its accession ("Ddit3" → "Ddit3_ENSMUSG00000025408"), and what
/// is still repeated as make_unique does. `ids` has an entry for each name. Returns how many were renamed.
std::int64_t make_unique(Names& names, const Names& ids);

/// Finds genes or cells by what users write for them: a name, or a number from 0 in the order of the data.
class NameIndex {
 public:
  /// `kind` is the word for messages, such as "gene". `names` must outlive the index, and so must `ids`,
  /// other names of the same, which serve where no name is alike.
  NameIndex(std::string_view kind, const Names& names, const Names& ids = {});

  /// By name only, or by number only. @throws InputError that begins with `place` if there is none such.
  std::int32_t by_name(std::string_view text, std::string_view place) const;
  std::int32_t by_number(std::string_view text, std::string_view place) const;

  /// By name if there is one such, else by number. @throws InputError as above.
  std::int32_t by_either(std::string_view text, std::string_view place) const;

  /// Whether the text is the name of one and the number of another.
  bool is_ambiguous(std::string_view text) const;

  /// The same without complaint.
  std::optional<std::int32_t> find_name(std::string_view text) const;
  std::optional<std::int32_t> find_number(std::string_view text) const;

 private:
  std::string kind_;
  const Names* names_;
  std::unordered_map<std::string_view, std::int32_t> position_;
};

/// Positions of what a text file lists, one name or number a line (the whole line; names first), in the
/// file's order.
/// @throws InputError for a missing or empty file, an unknown name, or one that is listed twice.
std::vector<std::int32_t> read_name_list(const std::filesystem::path& path, const NameIndex& index);

/// Positions of what an option names: the content of such a file if there is one of this name, else the names
/// or numbers themselves, with commas between. `option` is for messages. @throws InputError as above.
std::vector<std::int32_t> listed_or_named(const std::string& file_or_names, const NameIndex& index,
                                          std::string_view option);

}  // namespace dko
