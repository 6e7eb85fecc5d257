#include "dko/base/csv_writer.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <iterator>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"

namespace dko {

namespace {
constexpr std::size_t flush_at = std::size_t{1} << 20;
}

CsvWriter::CsvWriter(const std::filesystem::path& path, bool overwrite)
    : file_(path, overwrite), out_(file_.partial_path(), std::ios::binary | std::ios::trunc) {}

void CsvWriter::separate() {
  if (!row_is_empty_) buffer_ += ',';
  row_is_empty_ = false;
}

CsvWriter& CsvWriter::field(std::string_view text) {
  separate();
  const bool blank_edge = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!blank_edge && text.find_first_of(",;\"\t\n\r") == std::string_view::npos) {
    buffer_ += text;
    return *this;
  }
  buffer_ += '"';
  for (const char letter : text) {
    if (letter == '"') buffer_ += '"';
    buffer_ += letter;
  }
  buffer_ += '"';
  return *this;
}

CsvWriter& CsvWriter::field(float value) {
  separate();
  fmt::format_to(std::back_inserter(buffer_), "{}", value);
  return *this;
}

CsvWriter& CsvWriter::field(double value) {
  separate();
  fmt::format_to(std::back_inserter(buffer_), "{}", value);
  return *this;
}

CsvWriter& CsvWriter::integer(std::int64_t value) {
  separate();
  fmt::format_to(std::back_inserter(buffer_), "{}", value);
  return *this;
}

CsvWriter& CsvWriter::end_row() {
  buffer_ += '\n';
  row_is_empty_ = true;
  if (buffer_.size() >= flush_at) flush();
  return *this;
}

void CsvWriter::require_good() const {
  if (!out_)
    throw IoError(
        fmt::format("{}: writing failed: {}", file_.final_path().string(), why_writing_failed(errno)));
}

void CsvWriter::flush() {
  errno = 0;
  out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  require_good();
  buffer_.clear();
}

void CsvWriter::finish() {
  flush();
  errno = 0;
  out_.close();
  require_good();
  file_.commit();
}

}  // namespace dko
