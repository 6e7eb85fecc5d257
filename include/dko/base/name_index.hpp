#pragma once
// What users may write for a gene or a cell. The one place that decides: nothing else compares names.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dko/base/names.hpp"

namespace dko {

/// Names that a file has, and that are not among those in use: with the reason, for messages.
class LeftOut {
 public:
  /// `reason` completes "no gene named X: ".
  void add(const Names& names, const std::string& reason);
  /// Nothing if no such name was left out.
  std::optional<std::string> reason(std::string_view name) const;
  bool empty() const { return reason_of_.empty(); }

  /// Whether a name of the file looks like a number: numbers must then be marked, as in "#7".
  bool like_numbers = false;

 private:
  std::vector<std::string> reasons_;
  std::map<std::string, std::size_t, std::less<>> reason_of_;
};

/// Other names of the same genes or cells, and of others. Each may be null.
struct OtherNames {
  const Names* as_written = nullptr;  ///< in the file, where some are repeated; null or empty: as they are
  const Names* accessions = nullptr;
  const LeftOut* left_out = nullptr;
};

/// How a text was understood.
enum class Reading { none, name, accession, made_unique, number };

struct Meaning {
  Reading reading = Reading::none;
  std::vector<std::int32_t> positions;  ///< ascending; several where a name is repeated
};

/// "7", "-1.5", "1E0", "01": what could be meant as a number.
bool looks_like_number(std::string_view text);
bool any_looks_like_number(const Names& names);

/// In messages: as it is, or in quotes where blanks, commas or quotes would be taken for the message's own.
std::string shown_name(std::string_view name);

/// "A, B and 7 more": the first `most` of the names, each as shown_name() has it.
std::string some_names(const Names& names, std::size_t most = 10);

/// Finds genes or cells by what users write for them. The whole text, as it is, is compared with
///
///   1. the names that the file has,
///   2. accessions,
///   3. names that were made unique ("A-1", the second A of the file);
///   4. "#7" is number 7, counted from 0 in the order of the data, and
///   5. "7" too, but only where no name and no accession of the file looks like a number.
class NameIndex {
 public:
  /// `kind` is the word for messages, such as "gene". `names`, which are unique, and the others must outlive
  /// the index.
  NameIndex(std::string_view kind, const Names& names, const OtherNames& others = {});

  const std::string& kind() const { return kind_; }
  const std::string& name(std::int32_t position) const {
    return (*names_)[static_cast<std::size_t>(position)];
  }

  bool like_numbers() const { return like_numbers_; }

  /// By 1 to 5. Nothing for the name of one that was left out.
  Meaning meaning(std::string_view text) const;
  /// By 1 to 3.
  Meaning by_name(std::string_view text) const;
  /// "7" or "#7", whatever the names look like.
  Meaning by_number(std::string_view text) const;

  /// Whether the text is the name of one and the number of another.
  bool is_ambiguous(std::string_view text) const;

  /// Why a text has no meaning, to follow "no gene named X"; empty if nothing is known.
  std::string why_unknown(std::string_view text) const;
  /// "A (number 0), A-1 (number 3)"
  std::string candidates(const Meaning& meaning) const;
  /// Whether a text was understood otherwise than as the name or accession of one.
  static bool needs_note(const Meaning& meaning) {
    return meaning.positions.size() > 1 || meaning.reading == Reading::made_unique ||
           meaning.reading == Reading::number;
  }
  /// "7 taken as gene number 7: Sparc"; empty for a plain name.
  std::string note(std::string_view text, const Meaning& meaning) const;

  /// The single one that an option names. @throws InputError if there is none or several. `option` is for
  /// messages. Notes are added to `notes`.
  std::int32_t single(std::string_view text, std::string_view option, std::vector<std::string>& notes) const;

 private:
  struct Positions {
    std::unordered_map<std::string_view, std::int32_t> first;
    std::unordered_map<std::string_view, std::vector<std::int32_t>> of_repeated;

    explicit Positions(const Names& names = {});
    std::vector<std::int32_t> of(std::string_view name) const;
  };

  std::string kind_;
  const Names* names_;
  Positions written_;
  Positions accessions_;
  Positions unique_;  // empty: as written
  const LeftOut* left_out_;
  bool like_numbers_;
};

}  // namespace dko
