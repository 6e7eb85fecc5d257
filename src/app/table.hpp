#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dko::app {

/// A table of text for the terminal, columns as wide as they need to be.
class Table {
 public:
  explicit Table(std::vector<std::string> titles) : rows_{std::move(titles)} {}

  /// A row of as many cells as there are titles; what a terminal must not see is made visible in them.
  void add(std::vector<std::string> row);

  /// One line a row, none with blanks at its end.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// "+0.012000", "0": a change.
std::string signed_text(double value, int digits = 6);

}  // namespace dko::app
