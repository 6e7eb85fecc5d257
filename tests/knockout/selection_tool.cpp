// Chooses genes, cells and knockouts as the options of dko do, for a comparison with plain Python. Each line
// of standard input is KIND (genes, cells, where or events), FILE and LIST between tabs, LIST being what the
// option is given; each line of the output "ok POSITION…" (of genes or cells in the file; of events the
// genes) or "refused CODE MESSAGE", then the log, all between tabs.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "dko/base/error.hpp"
#include "dko/expression/reader.hpp"
#include "dko/expression/selection.hpp"
#include "dko/knockout/events/event_file.hpp"

using namespace dko;

namespace {

struct Request {
  std::string kind;
  std::string file;
  std::string list;
};

Request request_of(const std::string& line) {
  const std::size_t first = line.find('\t');
  const std::size_t second = line.find('\t', first + 1);
  return {line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)};
}

std::string places(const Names& chosen, const Names& all) {
  std::string text;
  for (const std::string& name : chosen)
    text +=
        fmt::format("{}{}", text.empty() ? "" : " ", std::find(all.begin(), all.end(), name) - all.begin());
  return text;
}

std::string chosen_by(const Request& request, Log& log) {
  const ExpressionMatrix matrix = read_expression(request.file, {}, log);
  if (request.kind == "events") {
    const EventList events = read_events(request.list, matrix, Missing::refuse, log);
    return fmt::format("{}", fmt::join(events.all_genes(), " "));
  }
  Selection selection;
  if (request.kind == "where")
    selection.where = {request.list};
  else
    (request.kind == "genes" ? selection.genes : selection.cells) = request.list;
  const ExpressionMatrix part = select(matrix, selection, request.file, log).matrix;
  return request.kind == "genes" ? places(part.gene_names(), matrix.gene_names())
                                 : places(part.cell_names(), matrix.cell_names());
}

std::string one_line(std::string text) {
  for (char& letter : text)
    if (letter == '\n' || letter == '\t') letter = ' ';
  return text;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::ostringstream said;
    Log log(said, Verbosity::normal);
    std::string result;
    try {
      result = "ok\t" + chosen_by(request_of(line), log);
    } catch (const Error& error) {
      result = fmt::format("refused\t{}\t{}", static_cast<int>(error.code()), one_line(error.what()));
    }
    std::cout << result << '\t' << one_line(said.str()) << '\n' << std::flush;
  }
}
