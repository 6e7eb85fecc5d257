#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "dko/base/output_file.hpp"

namespace dko {

/// Writes a CSV file row by row; it takes its name when finished. Numbers are written with the fewest
/// digits that read back as the same number.
class CsvWriter {
 public:
  /// @throws as OutputFile
  CsvWriter(const std::filesystem::path& path, bool overwrite);

  CsvWriter& field(std::string_view text);  ///< quoted where the text needs it
  CsvWriter& field(float value);
  CsvWriter& field(double value);
  template <std::integral T>
  CsvWriter& field(T value) {
    return integer(static_cast<std::int64_t>(value));
  }
  CsvWriter& end_row();

  /// Writes out what is buffered and gives the file its name. @throws IoError
  void finish();

 private:
  CsvWriter& integer(std::int64_t value);
  void separate();
  /// @throws IoError
  void require_good() const;
  void flush();

  OutputFile file_;
  std::ofstream out_;
  std::string buffer_;
  bool row_is_empty_ = true;
};

}  // namespace dko
