// Reads expression files and says what is in them, for a comparison with files that Python wrote. Each line
// of standard input is PATH, LAYER, RAW (0 or 1), GENOME, ORIENTATION (genes, cells or nothing) between tabs;
// each line of the output "ok CHECKSUM GENES CELLS NONZEROS GENE_ID…" or "refused CODE MESSAGE", then the
// warnings, all between tabs.

#include <fmt/format.h>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "dko/base/error.hpp"
#include "dko/expression/reader.hpp"

using namespace dko;

namespace {

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
  fields.resize(5);
  return fields;
}

ReadOptions options_of(const std::vector<std::string>& fields) {
  ReadOptions options{fields[1], fields[2] == "1", fields[3], {}};
  if (fields[4] == "genes") options.orientation = Orientation::genes_by_cells;
  if (fields[4] == "cells") options.orientation = Orientation::cells_by_genes;
  return options;
}

std::string one_line(std::string text) {
  for (char& letter : text)
    if (letter == '\n' || letter == '\t') letter = ' ';
  return text;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto fields = fields_of(line);
    std::ostringstream warnings;
    Log log(warnings, Verbosity::quiet);
    std::string result;
    try {
      const ExpressionMatrix matrix = read_expression(fields[0], options_of(fields), log);
      result = fmt::format("ok\t{}\t{}\t{}\t{}\t{}\t{}", matrix.checksum(), matrix.genes(), matrix.cells(),
                           matrix.nonzeros(), matrix.gene_names().front(), matrix.gene_ids().front());
    } catch (const Error& error) {
      result = fmt::format("refused\t{}\t{}", static_cast<int>(error.code()), one_line(error.what()));
    }
    std::cout << result << '\t' << one_line(warnings.str()) << '\n';
  }
}
