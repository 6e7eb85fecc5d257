#include "dko/planning/direction_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// @throws InputError
void require_cells(const std::vector<std::int32_t>& cells, const NamedCells& group) {
  if (cells.empty())
    throw InputError(
        fmt::format("{} '{}': none of the cells that are used and express any gene is such a cell",
                    parameter(group.option), group.condition));
}

/// Leaves out cells that express none of the genes: they have no profile, and no shares to be averaged.
void leave_out_empty(std::vector<std::int32_t>& cells, const NamedCells& group,
                     const ExpressionMatrix& matrix, Log& log) {
  const auto empty = static_cast<std::int64_t>(
      std::erase_if(cells, [&](std::int32_t cell) { return matrix.expressed_count(cell) == 0; }));
  if (empty > 0)
    log.info("{} '{}': {} that express none of the genes used are left out", parameter(group.option),
             group.condition, counted(empty, "cell"));
}

/// @throws InputError if both are the same cells; warns of a part.
void check_overlap(const FromTo& from_to, Log& log) {
  std::vector<std::int32_t> both;
  std::set_intersection(from_to.from_cells.begin(), from_to.from_cells.end(), from_to.toward_cells.begin(),
                        from_to.toward_cells.end(), std::back_inserter(both));
  if (both.empty()) return;
  const std::string of =
      fmt::format("{} and {}", parameter("from", from_to.from), parameter("toward", from_to.toward));
  if (both.size() == from_to.from_cells.size() && both.size() == from_to.toward_cells.size())
    throw InputError(fmt::format("{} are the same cells: choose others for one of them", of));
  log.warn("{} have {} in common", of, counted(std::ssize(both), "cell"));
}

/// The value of a row; none of a header.
std::optional<double> value_of(const DelimitedReader& row, bool may_be_header) {
  const auto value = parse_number(row.fields()[1]);
  if (!value && may_be_header) return std::nullopt;
  if (value && *value >= 0 && std::isfinite(*value)) return value;
  throw InputError(
      fmt::format("{}: value {} is not a finite number from 0", row.place(), shown_name(row.fields()[1])));
}

/// @throws InputError for genes of the data that the file does not have
void require_all(const std::vector<std::optional<double>>& values, const std::string& path,
                 const ExpressionMatrix& matrix) {
  Names missing;
  for (std::size_t gene = 0; gene < values.size(); ++gene)
    if (!values[gene]) missing.push_back(matrix.gene_names()[gene]);
  if (missing.empty()) return;
  throw InputError(
      fmt::format("{}: has no value of {} of the {} that are used: {}; give each a value, 0 where "
                  "it is not expressed, or leave them out by {}",
                  path, with_thousands(std::ssize(missing)), counted(matrix.genes(), "gene"),
                  some_names(missing), parameter("genes")));
}

}  // namespace

std::vector<NamedCells> DirectionRequest::ends() const {
  std::vector<NamedCells> groups;
  if (!from.empty()) groups.push_back({"from", from});
  if (!toward.empty()) groups.push_back({"toward", toward});
  return groups;
}

std::vector<double> read_profile(const std::string& path, const ExpressionMatrix& matrix, Log& log) {
  const NameIndex index = matrix.gene_index();
  std::vector<std::optional<double>> values(static_cast<std::size_t>(matrix.genes()));
  DelimitedReader row(path);
  std::int64_t others = 0;
  for (bool is_first = true; row.next(); is_first = false) {
    if (row.fields().size() != 2)
      throw InputError(
          fmt::format("{}: has {} fields; two are needed, gene and value", row.place(), row.fields().size()));
    const auto value = value_of(row, is_first);
    if (!value) continue;
    const Meaning meaning = index.by_name(row.fields()[0]);
    if (meaning.positions.empty()) ++others;
    if (meaning.positions.size() > 1)
      throw InputError(fmt::format("{}: several genes are called {}: {}", row.place(),
                                   shown_name(row.fields()[0]), index.candidates(meaning)));
    for (const std::int32_t gene : meaning.positions) {
      auto& of_gene = values[static_cast<std::size_t>(gene)];
      if (of_gene)
        throw InputError(fmt::format("{}: {} is there twice", row.place(), shown_name(row.fields()[0])));
      of_gene = value;
    }
  }
  require_all(values, path, matrix);
  if (others > 0) log.info("{}: {} that are not used", path, counted(others, "gene"));
  double total = 0;
  for (const auto& value : values) total += *value;
  if (!(total > 0)) throw InputError(fmt::format("{}: all values of the genes that are used are 0", path));
  if (!std::isfinite(total))
    throw InputError(
        fmt::format("{}: the values of the genes that are used are too large to be added up", path));
  std::vector<double> profile;
  for (const auto& value : values) profile.push_back(*value / total);
  return profile;
}

FromTo from_to_of(const DirectionRequest& request, std::vector<std::vector<std::int32_t>> ends,
                  const ExpressionMatrix& matrix, Log& log) {
  const std::vector<NamedCells> asked = request.ends();
  for (std::size_t at = 0; at < asked.size(); ++at) {
    leave_out_empty(ends[at], asked[at], matrix, log);
    require_cells(ends[at], asked[at]);
  }
  FromTo from_to;
  from_to.from = request.from;
  from_to.from_cells = std::move(ends[0]);
  if (request.toward.empty()) {
    from_to.toward = request.toward_profile;
    from_to.profile = read_profile(request.toward_profile, matrix, log);
  } else {
    from_to.toward = request.toward;
    from_to.toward_cells = std::move(ends[1]);
    check_overlap(from_to, log);
  }
  return from_to;
}

}  // namespace dko
