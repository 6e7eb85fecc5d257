#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dko {

/// @throws InputError unless `path` is a regular file that can be opened: a pipe cannot be read twice. The
/// words are the cause: no permission, a link that leads nowhere, a directory.
void require_readable(const std::filesystem::path& path);

/// Whether a file is compressed by gzip. @throws InputError as require_readable
bool is_gzip(const std::filesystem::path& path);

/// The first bytes of a file, up to `most`; of the content if it is gzip. What cannot be decompressed is left
/// out. @throws InputError as require_readable
std::string leading_bytes(const std::filesystem::path& path, std::size_t most);

/// How a line is divided.
enum class Fields {
  delimited,  ///< at tabs if the first line has one, else at commas, else at semicolons, else at blanks
  at_tabs,    ///< only
  at_commas,  ///< only
  whole,      ///< not at all: one value a line
};

/// Reads a delimited text file (CSV, TSV, one value a line) row by row, plain or gzip by its content.
/// A byte-order mark, carriage returns, blank lines and double quotes around fields are dealt with.
class DelimitedReader {
 public:
  /// @throws InputError if the file is missing, a directory, or cannot be read.
  explicit DelimitedReader(const std::filesystem::path& path, Fields fields = Fields::delimited);
  ~DelimitedReader();
  DelimitedReader(const DelimitedReader&) = delete;
  DelimitedReader& operator=(const DelimitedReader&) = delete;

  /// Moves to the next row that is not blank. False at the end.
  /// @throws InputError for damaged gzip data, an unclosed quote, a NUL byte, or a line of more than 256 MiB.
  bool next();

  /// The fields of the row, trimmed and unquoted; valid until the next call of next().
  std::span<const std::string_view> fields() const { return fields_; }

  /// Field `at` with the blanks around it; of a quoted one what is between the quotes. A whole line is as it
  /// is, with its quotes.
  std::string_view as_written(std::size_t at) const;

  /// For rows whose texts are stored. @throws InputError with the place unless the row is UTF-8
  void require_utf8() const;

  /// Line of the row in the file, from 1.
  std::int64_t line() const { return line_; }

  /// "path, line 7", for messages.
  std::string place() const;

 private:
  bool read_line();
  /// The next line into text_. False at the end.
  bool read_text();
  void split();
  void take_line();
  /// Both take one field from where they are told and return where the next one starts; past the end of
  /// the line where there is none.
  std::size_t take_field(std::size_t at);
  std::size_t take_quoted(std::size_t start);

  struct Source;
  std::filesystem::path path_;
  std::unique_ptr<Source> source_;
  std::string text_;
  std::string line_text_;  // of a whole line in quotes, as it was
  std::vector<std::string_view> fields_;
  Fields division_;
  std::optional<char> delimiter_;  // none: not known yet, or not divided
  std::int64_t line_ = 0;
};

}  // namespace dko
