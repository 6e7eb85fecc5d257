#include "dko/base/delimited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <istream>
#include <system_error>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace fs = std::filesystem;
namespace io = boost::iostreams;

namespace {

constexpr std::streamsize buffer_bytes = 1 << 18;
constexpr std::size_t longest_line = std::size_t{1} << 28;  // ten million numbers and more
constexpr std::size_t piece_bytes = std::size_t{1} << 16;

bool is_gzip(std::istream& file) {
  const int first = file.get();
  const int second = file.get();
  file.clear();
  file.seekg(0);
  return first == 0x1f && second == 0x8b;
}

}  // namespace

struct DelimitedReader::Source {
  std::ifstream file;
  io::filtering_istream stream;
  std::vector<char> piece = std::vector<char>(piece_bytes);  // of a line
};

namespace {

/// Why a path leads to no file.
std::string absence(const fs::path& path, const std::error_code& failure) {
  std::error_code error;
  if (fs::is_symlink(fs::symlink_status(path, error)) && failure.value() == ENOENT)
    return fmt::format("is a link to {}, which does not exist", fs::read_symlink(path, error).string());
  if (failure && failure.value() != ENOENT && failure.value() != ENOTDIR)
    return fmt::format("cannot be reached: {}", failure.message());
  return "there is no such file";
}

}  // namespace

void require_readable(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const auto refuse = [&](const std::string& why) {
    throw InputError(fmt::format("{}: {}", path.string(), why));
  };
  if (!fs::exists(status)) {
    if (!error) error = std::make_error_code(std::errc::no_such_file_or_directory);
    refuse(absence(path, error));
  }
  if (fs::is_directory(status)) refuse("is a directory, not a file");
  if (!fs::is_regular_file(status)) refuse("is not a regular file; save what comes through a pipe first");
  errno = 0;
  if (!std::ifstream(path))
    refuse(fmt::format("cannot be opened for reading{}",
                       errno == 0 ? std::string() : fmt::format(": {}", std::strerror(errno))));
}

bool is_gzip(const fs::path& path) {
  require_readable(path);
  std::ifstream file(path, std::ios::binary);
  return is_gzip(file);
}

std::string leading_bytes(const fs::path& path, std::size_t most) {
  require_readable(path);
  std::ifstream file(path, std::ios::binary);
  io::filtering_istream stream;
  if (is_gzip(file)) stream.push(io::gzip_decompressor());
  stream.push(file);
  std::string start(most, '\0');
  try {
    stream.read(start.data(), static_cast<std::streamsize>(most));
  } catch (const std::exception&) {  // whoever reads it whole will say so
  }
  start.resize(static_cast<std::size_t>(stream.gcount()));
  return start;
}

DelimitedReader::DelimitedReader(const fs::path& path, Fields fields)
    : path_(path), source_(std::make_unique<Source>()), division_(fields) {
  if (fields == Fields::at_tabs) delimiter_ = '\t';
  if (fields == Fields::at_commas) delimiter_ = ',';
  require_readable(path);
  source_->file.open(path, std::ios::binary);
  if (is_gzip(source_->file)) source_->stream.push(io::gzip_decompressor(), buffer_bytes);
  source_->stream.push(source_->file, buffer_bytes);
  source_->stream.exceptions(std::ios::badbit);
}

DelimitedReader::~DelimitedReader() = default;

std::string DelimitedReader::place() const {
  return fmt::format("{}, line {}", path_.string(), line_);
}

void DelimitedReader::require_utf8() const {
  if (!is_utf8(text_)) throw InputError(fmt::format("{}: is not UTF-8; save the file as UTF-8", place()));
}

bool DelimitedReader::read_text() {
  std::istream& stream = source_->stream;
  text_.clear();
  for (bool goes_on = true; goes_on;) {
    if (text_.size() > longest_line)
      throw InputError(fmt::format("{}, line {}: is longer than {}: not a table of text", path_.string(),
                                   line_ + 1, human_bytes(static_cast<double>(longest_line))));
    stream.getline(source_->piece.data(), std::ssize(source_->piece));
    const auto taken = static_cast<std::size_t>(stream.gcount());
    const bool whole = stream.good();  // its end, which counts, was taken too
    text_.append(source_->piece.data(), taken - (whole ? 1 : 0));
    if (stream.eof()) return !text_.empty();
    goes_on = !whole;
    stream.clear();
  }
  return true;
}

bool DelimitedReader::read_line() {
  try {
    if (!read_text()) return false;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    throw InputError(
        fmt::format("{}: corrupt or truncated after line {}: {}", path_.string(), line_, failure.what()));
  }
  ++line_;
  if (line_ == 1 && text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
  if (text_.find('\0') != std::string::npos) {
    throw InputError(fmt::format("{}: has a NUL byte: not a text file", place()));
  }
  return true;
}

bool DelimitedReader::next() {
  do {
    if (!read_line()) return false;
  } while (trimmed(text_).empty());
  if (division_ == Fields::delimited && !delimiter_) {
    delimiter_ = text_.find('\t') != std::string::npos  ? std::optional('\t')
                 : text_.find(',') != std::string::npos ? ','
                 : text_.find(';') != std::string::npos ? ';'
                 : text_.find(' ') != std::string::npos ? ' '
                                                        : std::optional<char>();
  }
  split();
  return true;
}

void DelimitedReader::split() {
  fields_.clear();
  while (text_.ends_with('\r')) text_.pop_back();
  if (division_ == Fields::whole) {
    take_line();
    return;
  }
  std::size_t at = 0;
  while (at <= text_.size()) at = take_field(at);
}

std::size_t DelimitedReader::take_field(std::size_t at) {
  const std::size_t start = text_.find_first_not_of(' ', at);
  if (start != std::string::npos && text_[start] == '"') return take_quoted(start + 1);
  if (delimiter_ == ' ') {  // several in a row are one
    if (start == std::string::npos) return text_.size() + 1;
    at = start;
  }
  const std::size_t end =
      std::min(delimiter_ ? text_.find(*delimiter_, at) : std::string::npos, text_.size());
  const std::string_view field = std::string_view(text_).substr(at, end - at);
  const std::string_view word = trimmed(field);
  fields_.push_back(word.empty() ? field.substr(0, 0) : word);  // which stays in its place
  return end + 1;
}

/// A line with a quote that is not closed, or text after it, is no quoted one.
void DelimitedReader::take_line() {
  line_text_.clear();
  std::string_view word = trimmed(text_);
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
    std::string folded(word.substr(1, word.size() - 2));
    bool closed = false;
    for (std::size_t at = 0; (at = folded.find('"', at)) != std::string::npos; ++at) {
      closed = closed || at + 1 == folded.size() || folded[at + 1] != '"';
      folded.erase(at, 1);
      if (at >= folded.size()) break;
    }
    if (!closed) {
      line_text_ = std::exchange(text_, std::move(folded));
      word = text_;
    }
  }
  fields_.push_back(word);
}

std::string_view DelimitedReader::as_written(std::size_t at) const {
  if (division_ == Fields::whole) return line_text_.empty() ? std::string_view(text_) : line_text_;
  const std::string_view field = fields_[at];
  const auto is_blank = [&](char letter) {
    return letter != delimiter_ && (letter == ' ' || letter == '\t');
  };
  const std::string_view line = text_;
  auto first = static_cast<std::size_t>(field.data() - line.data());
  auto last = first + field.size();
  if (first > 0 && line[first - 1] == '"' && last < line.size() && line[last] == '"') return field;
  while (first > 0 && is_blank(line[first - 1])) --first;
  while (last < line.size() && is_blank(line[last])) ++last;
  return line.substr(first, last - first);
}

std::size_t DelimitedReader::take_quoted(std::size_t start) {
  std::size_t close = text_.find('"', start);
  // A doubled quote stands for one: fold it in place; earlier fields stay where they are.
  while (close != std::string::npos && close + 1 < text_.size() && text_[close + 1] == '"') {
    text_.erase(close, 1);
    close = text_.find('"', close + 1);
  }
  if (close == std::string::npos) throw InputError(fmt::format("{}: a quote is not closed", place()));
  fields_.push_back(std::string_view(text_).substr(start, close - start));
  const std::size_t end = text_.find_first_not_of(' ', close + 1);
  if (end == std::string::npos) return text_.size() + 1;
  if (delimiter_ == ' ' && end > close + 1) return end;
  if (text_[end] != delimiter_) throw InputError(fmt::format("{}: text follows a closing quote", place()));
  return end + 1;
}

}  // namespace dko
