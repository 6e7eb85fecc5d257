#pragma once
// Lists of genes or cells that users write: in a file, after an option, in the columns of a table.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/base/name_index.hpp"

namespace dko {

/// What is not among the data: an error, or left out with a warning.
enum class Missing { refuse, ignore };

/// Looks up one text after the other, and gathers what is unknown and how the others were understood, so that
/// one message tells all.
class NameLookup {
 public:
  /// `source` is a file or an option, for messages. `index` must outlive this.
  NameLookup(const NameIndex& index, std::string source) : index_(index), source_(std::move(source)) {}

  /// The same by different spellings: the first that is known counts. Empty if none is; that is noted. `line`
  /// is 0 where there are none.
  std::vector<std::int32_t> find(const std::vector<std::string_view>& spellings, std::int64_t line = 0);
  /// Notes what was found by other means: a text, and what it means; the same text once.
  std::vector<std::int32_t> note(std::string_view text, const Meaning& meaning, std::int64_t line);

  const NameIndex& index() const { return index_; }
  bool knows(std::string_view name) const { return !index_.by_name(name).positions.empty(); }
  bool any_unknown() const { return !unknown_.empty(); }
  /// Whether a text was taken for a number of one.
  bool took_number() const { return took_number_; }
  /// The first of the unknown.
  const std::string& example() const { return unknown_.front().text; }
  std::string place(std::int64_t line) const;
  /// All that is unknown, in one sentence.
  std::string unknown_names() const;

  /// Tells the log how texts that are no plain names were understood.
  void log_notes(Log& log) const;
  /// The same, and warns of what is left out.
  /// @throws InputError that lists the unknown ones, unless they are ignored
  void finish(Missing missing, Log& log) const;

 private:
  struct Unknown {
    std::string text;
    std::int64_t line;
  };

  const NameIndex& index_;
  std::string source_;
  std::vector<Unknown> unknown_;
  std::unordered_set<std::string> said_;  // of either kind
  std::vector<std::string> notes_;        // the first of them
  std::int64_t noted_ = 0;
  bool took_number_ = false;
};

/// Positions of what a text file lists, one name or number a line (the whole line, with its blanks and quotes
/// or else without), in the file's order. A repeated name stands for all that have it. What is listed more
/// than once counts once, for a list is a set, with a warning that tells the lines.
/// @throws InputError for a missing or empty file, unknown names, all of which it lists, or if none is left.
std::vector<std::int32_t> read_name_list(const std::filesystem::path& path, const NameIndex& index,
                                         Missing missing, Log& log);

/// Positions of what a text names: one name, or several names or numbers with commas between; in quotes where
/// a name has commas. @throws InputError as above, and if the text can be read in two ways.
std::vector<std::int32_t> named_by(std::string_view names, const NameIndex& index, std::string_view option,
                                   Missing missing, Log& log);

/// The same where each name must be of one alone; one that is listed twice is there twice.
/// @throws InputError also for a repeated one
std::vector<std::int32_t> single_names(std::string_view names, const NameIndex& index,
                                       std::string_view option, Log& log);

/// Positions of what an option names: the content of such a file if there is one of this name, else the names
/// themselves. @throws InputError as above, and where the text is both a file and a name.
std::vector<std::int32_t> listed_or_named(const std::string& file_or_names, const NameIndex& index,
                                          std::string_view option, Missing missing, Log& log);

}  // namespace dko
