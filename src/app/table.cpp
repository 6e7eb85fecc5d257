#include "table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dko/base/printable.hpp"

namespace dko::app {

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = printable(cell);
  rows_.push_back(std::move(row));
}

std::string Table::text() const {
  std::vector<std::size_t> width(rows_[0].size());
  for (const auto& row : rows_) {
    for (std::size_t at = 0; at < row.size(); ++at) width[at] = std::max(width[at], row[at].size());
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t at = 0; at < row.size(); ++at) line += fmt::format("{:<{}}  ", row[at], width[at]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

std::string signed_text(double value, int digits) {
  return value == 0 ? "0" : fmt::format("{:+.{}f}", value, digits);
}

}  // namespace dko::app
