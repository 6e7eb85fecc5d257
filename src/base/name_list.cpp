#include "dko/base/name_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <unordered_map>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/first_texts.hpp"
#include "dko/base/pieces.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr std::size_t most_unknown = 20;
constexpr std::size_t most_notes = 5;

/// The same where commas within quotes do not separate; empty if no piece is quoted, or a quote stands alone.
std::vector<std::string> quoted_pieces(std::string_view text) {
  std::vector<std::string> pieces;
  bool any = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t first = text.find_first_not_of(' ', at);
    if (first == text.npos || text[first] != '"') {
      const std::size_t end = std::min(text.find(',', at), text.size());
      pieces.emplace_back(text.substr(at, end - at));
      at = end + 1;
      continue;
    }
    std::string piece;
    std::size_t close = first + 1;
    for (; close < text.size(); ++close) {
      if (text[close] == '"' && (close + 1 == text.size() || text[close + 1] != '"')) break;
      if (text[close] == '"') ++close;
      piece += text[close];
    }
    const std::size_t end = std::min(text.find_first_not_of(' ', close + 1), text.size());
    if (close >= text.size() || (end < text.size() && text[end] != ',')) return {};
    pieces.push_back(piece);
    any = true;
    at = end + 1;
  }
  return any ? pieces : std::vector<std::string>();
}

/// What a name stands for that several have.
enum class Repeated { all, refused };

/// Collects positions, none twice, and what was listed more than once.
class Listed {
 public:
  Listed(NameLookup& lookup, Repeated repeated) : lookup_(lookup), repeated_(repeated) {}

  void add(const std::vector<std::string_view>& spellings, std::int64_t line) {
    if (spellings.back().empty() && !lookup_.knows(spellings.front()))
      throw InputError(fmt::format("{}: a name is empty", lookup_.place(line)));
    const std::vector<std::int32_t> found = lookup_.find(spellings, line);
    if (found.size() > 1 && repeated_ == Repeated::refused) {
      throw InputError(fmt::format("{}: {}; choose one by its number, such as #{}", lookup_.place(line),
                                   lookup_.index().note(spellings.front(), {Reading::name, found}),
                                   found.front()));
    }
    for (const std::int32_t position : found) {
      // Counts a repeated name and one that was made of it as the same.
      const First now{shown_name(spellings.back()), line, found.size() > 1};
      const auto [before, is_new] = seen_.emplace(position, now);
      if (is_new || repeated_ == Repeated::refused)
        positions_.push_back(
            position);  // the caller, which wants each alone, has words for one that is there twice
      else if (!before->second.of_repeated && !now.of_repeated)
        again_.push_back(both(before->second, now));
    }
  }
  std::vector<std::int32_t> positions() && { return std::move(positions_); }
  /// "Hexb (lines 3 and 17)", "gene7 and #7 (lines 1 and 2)".
  Names again() && { return std::move(again_); }

 private:
  /// Where a position was listed first.
  struct First {
    std::string text;
    std::int64_t line;
    bool of_repeated;
  };

  static std::string both(const First& first, const First& second) {
    return first.text + (first.text == second.text ? "" : " and " + second.text) +
           (first.line == 0 ? "" : fmt::format(" (lines {} and {})", first.line, second.line));
  }

  NameLookup& lookup_;
  Repeated repeated_;
  std::vector<std::int32_t> positions_;
  std::unordered_map<std::int32_t, First> seen_;
  Names again_;
};

/// One way to read a text.
struct ListReading {
  NameLookup lookup;
  std::vector<std::int32_t> positions;
  Names again;  // listed more than once
};

bool is_name(std::string_view text, const NameIndex& index) {
  return !index.by_name(text).positions.empty();
}

template <class Pieces>
bool all_known(const Pieces& pieces, const NameIndex& index) {
  return std::all_of(pieces.begin(), pieces.end(), [&](std::string_view piece) {
    return is_name(piece, index) || is_name(trimmed(piece), index);
  });
}

template <class Pieces>
ListReading read_pieces(const Pieces& pieces, const NameIndex& index, std::string_view option,
                        Repeated repeated) {
  ListReading reading{NameLookup(index, std::string(option)), {}, {}};
  Listed listed(reading.lookup, repeated);
  for (const std::string_view piece : pieces) listed.add({piece, trimmed(piece)}, 0);
  reading.positions = std::move(listed).positions();
  reading.again = std::move(listed).again();
  return reading;
}

std::vector<std::int32_t> finished(ListReading reading, Missing missing, Log& log) {
  reading.lookup.finish(missing, log);
  if (reading.positions.empty())
    throw InputError(fmt::format("{}; none is left", reading.lookup.unknown_names()));
  if (!reading.again.empty())
    log.warn("{}: listed more than once, and counted once: {}", reading.lookup.place(0),
             first_texts(reading.again));
  return std::move(reading.positions);
}

}  // namespace

std::string NameLookup::place(std::int64_t line) const {
  return line == 0 ? source_ : fmt::format("{}, line {}", source_, line);
}

std::vector<std::int32_t> NameLookup::note(std::string_view text, const Meaning& meaning, std::int64_t line) {
  took_number_ |= meaning.reading == Reading::number && !meaning.positions.empty();
  if (meaning.positions.empty()) {
    if (said_.emplace(text).second) unknown_.push_back({std::string(text), line});
  } else if (index_.needs_note(meaning) && said_.emplace(text).second) {
    if (++noted_ <= static_cast<std::int64_t>(most_notes)) notes_.push_back(index_.note(text, meaning));
  }
  return meaning.positions;
}

std::vector<std::int32_t> NameLookup::find(const std::vector<std::string_view>& spellings,
                                           std::int64_t line) {
  // A name in any spelling comes before a number in another.
  for (const std::string_view text : spellings) {
    if (const Meaning meaning = index_.by_name(text); !meaning.positions.empty())
      return note(text, meaning, line);
  }
  return note(spellings.back(), index_.meaning(spellings.back()), line);
}

std::string NameLookup::unknown_names() const {
  // Those of one cause together.
  std::vector<std::pair<std::string, std::string>> groups;
  for (std::size_t at = 0; at < std::min(unknown_.size(), most_unknown); ++at) {
    const auto& [text, line] = unknown_[at];
    const std::string why = index_.why_unknown(text);
    auto group =
        std::find_if(groups.begin(), groups.end(), [&](const auto& other) { return other.first == why; });
    if (group == groups.end()) group = groups.insert(groups.end(), {why, ""});
    group->second += group->second.empty() ? "" : ", ";
    group->second += shown_name(text) + (line == 0 ? "" : fmt::format(" (line {})", line));
  }
  std::string sentence;
  for (const auto& [why, names] : groups) {
    sentence += sentence.empty() ? "" : "; ";
    sentence += fmt::format("no {} named {}{}{}", index_.kind(), names, why.empty() ? "" : ": ", why);
  }
  if (unknown_.size() > most_unknown)
    sentence += fmt::format(" and {} more",
                            with_thousands(std::ssize(unknown_) - static_cast<std::int64_t>(most_unknown)));
  return fmt::format("{}: {}", source_, sentence);
}

void NameLookup::finish(Missing missing, Log& log) const {
  if (!unknown_.empty()) {
    if (missing == Missing::refuse) throw InputError(unknown_names());
    log.warn("{}; left out", unknown_names());
  }
  log_notes(log);
}

void NameLookup::log_notes(Log& log) const {
  for (const std::string& note : notes_) log.info("{}: {}", source_, note);
  if (noted_ > std::ssize(notes_))
    log.info("{}: and {} more likewise", source_, with_thousands(noted_ - std::ssize(notes_)));
}

std::vector<std::int32_t> read_name_list(const std::filesystem::path& path, const NameIndex& index,
                                         Missing missing, Log& log) {
  DelimitedReader file(path, Fields::whole);
  ListReading reading{NameLookup(index, path.string()), {}, {}};
  Listed listed(reading.lookup, Repeated::all);
  bool any = false;
  while (file.next()) {
    const std::string_view line = file.as_written(0);
    if (std::count(line.begin(), line.end(), '\t') >= 2 && !is_name(line, index) &&
        !is_name(trimmed(line), index))
      throw InputError(fmt::format(
          "{}: a list has one name a line, and here are several with tabs between; of the sets of a "
          "GMT file make one by: cut -f3- FILE | tr '\\t' '\\n' | sort -u",
          file.place()));
    listed.add({line, trimmed(line), file.fields()[0]}, file.line());
    any = true;
  }
  if (!any) throw InputError(fmt::format("{}: lists nothing", path.string()));
  reading.positions = std::move(listed).positions();
  reading.again = std::move(listed).again();
  return finished(std::move(reading), missing, log);
}

namespace {

/// The text as one name, or divided at commas, in the only way that fits.
ListReading divide(std::string_view names, const NameIndex& index, std::string_view option, Repeated repeated,
                   Log& log) {
  const std::vector<std::string_view> plain = pieces_of(names);
  if (is_name(names, index)) {
    if (plain.size() > 1)
      log.info("{}: {} taken as the name of one {}", option, shown_name(names), index.kind());
    return read_pieces(std::vector{names}, index, option, repeated);
  }
  const std::vector<std::string> quoted = quoted_pieces(names);
  if (quoted.empty()) return read_pieces(plain, index, option, repeated);
  if (!all_known(plain, index)) return read_pieces(quoted, index, option, repeated);
  ListReading without = read_pieces(plain, index, option, repeated);
  if (all_known(quoted, index) &&
      read_pieces(quoted, index, option, repeated).positions != without.positions) {
    throw InputError(
        fmt::format("{}: {} can be read in two ways, for there are names with quotes: use a file with one "
                    "name a line, or numbers such as #0",
                    option, names));
  }
  return without;
}

}  // namespace

std::vector<std::int32_t> named_by(std::string_view names, const NameIndex& index, std::string_view option,
                                   Missing missing, Log& log) {
  return finished(divide(names, index, option, Repeated::all, log), missing, log);
}

std::vector<std::int32_t> single_names(std::string_view names, const NameIndex& index,
                                       std::string_view option, Log& log) {
  return finished(divide(names, index, option, Repeated::refused, log), Missing::refuse, log);
}

std::vector<std::int32_t> listed_or_named(const std::string& file_or_names, const NameIndex& index,
                                          std::string_view option, Missing missing, Log& log) {
  const bool is_one = is_name(file_or_names, index);
  std::error_code error;
  const auto status = std::filesystem::status(file_or_names, error);
  if (std::filesystem::exists(status) && !(is_one && std::filesystem::is_directory(status))) {
    if (!is_one) return read_name_list(file_or_names, index, missing, log);
    throw InputError(
        fmt::format("{0}: {1} is both a file and the name of a {2}: write ./{1} for the file, \"{1}\" (with "
                    "these quotes) for the {2}",
                    option, file_or_names, index.kind()));
  }
  const bool may_be_path = file_or_names.find('/') != std::string::npos || file_or_names.ends_with(".txt") ||
                           file_or_names.ends_with(".csv");
  const bool is_list = file_or_names.starts_with('"') || file_or_names.find(',') != std::string::npos;
  if (may_be_path && !is_one && !is_list)
    throw InputError(fmt::format("{}: {}: there is no such file", option, file_or_names));
  return named_by(file_or_names, index, option, missing, log);
}

}  // namespace dko
