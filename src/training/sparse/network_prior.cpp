#include "dko/training/sparse/network_prior.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "dko/base/checksum.hpp"
#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// Where the columns of a table are.
struct PriorColumns {
  std::size_t count = 0;  ///< of fields in each row
  std::size_t regulator = 0;
  std::size_t target = 1;
  std::optional<std::size_t> weight;
  std::optional<std::size_t> sign;
  bool has_header = false;
};

std::optional<std::size_t> column_named(const DelimitedReader& row, std::string_view title) {
  std::optional<std::size_t> found;
  for (std::size_t at = 0; at < row.fields().size(); ++at) {
    if (lower_case(row.fields()[at]) != title) continue;
    if (found) throw InputError(fmt::format("{}: has two columns {}", row.place(), title));
    found = at;
  }
  return found;
}

/// From the first row: a header has the titles regulator and target.
PriorColumns columns_of(const DelimitedReader& row) {
  PriorColumns columns;
  columns.count = row.fields().size();
  if (columns.count < 2)
    throw InputError(fmt::format("{}: needs two columns, regulator and target, and may have weight and sign",
                                 row.place()));
  const auto regulator = column_named(row, "regulator");
  const auto target = column_named(row, "target");
  if (regulator && target) {
    columns = {columns.count, *regulator, *target, column_named(row, "weight"), column_named(row, "sign"),
               true};
    return columns;
  }
  if (columns.count > 4)
    throw InputError(
        fmt::format("{}: has {} fields; without a header that names regulator and target there are four at "
                    "most: regulator, "
                    "target, weight, sign",
                    row.place(), columns.count));
  if (columns.count > 2) columns.weight = 2;
  if (columns.count > 3) columns.sign = 3;
  return columns;
}

double weight_of(const DelimitedReader& row, const PriorColumns& columns) {
  if (!columns.weight) return 1;
  const std::string_view text = row.fields()[*columns.weight];
  if (text.empty() || text == "NA") return 1;
  const auto weight = parse_number(text);
  if (weight && *weight > 0 && std::isfinite(*weight)) return *weight;
  throw InputError(fmt::format(
      "{}: weight {} is not a finite number above 0{}", row.place(), shown_name(text),
      weight && *weight < 0 ? "; give what lowers its target the sign - and a weight above 0" : ""));
}

std::int32_t sign_of(const DelimitedReader& row, const PriorColumns& columns) {
  if (!columns.sign) return 0;
  const std::string_view text = row.fields()[*columns.sign];
  if (text.empty() || text == "?" || text == "NA" || text == "0") return 0;
  if (text == "+" || text == "1" || text == "+1") return 1;
  if (text == "-" || text == "-1") return -1;
  throw InputError(fmt::format("{}: sign {} is none of + - 1 -1, nor ? for one that is not known",
                               row.place(), shown_name(text)));
}

std::string checksum_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Checksum sum;
  std::vector<char> block(1 << 20);
  while (file.read(block.data(), std::ssize(block)) || file.gcount() > 0)
    sum.add(std::span<const char>(block).first(static_cast<std::size_t>(file.gcount())));
  if (file.bad()) throw InputError(fmt::format("{}: cannot be read", path.string()));
  return sum.text();
}

struct Support {
  double weight;
  std::int32_t sign;
  bool disagrees = false;  ///< rows state both signs, which leaves none whatever others state
};

/// Pairs while they are read.
class PriorPairs {
 public:
  PriorPairs(std::string path, const NameIndex& index) : path_(std::move(path)), index_(index) {}

  void add(const DelimitedReader& row, const PriorColumns& columns) {
    ++rows_;
    const std::vector<std::int32_t> regulators = genes_of(row, columns.regulator);
    const std::vector<std::int32_t> targets = genes_of(row, columns.target);
    const Support support{weight_of(row, columns), sign_of(row, columns)};
    if (regulators.empty() || targets.empty()) {
      ++of_unknown_;
      return;
    }
    for (const std::int32_t target : targets) {
      for (const std::int32_t regulator : regulators) add(regulator, target, support);
    }
  }

  void report(Log& log) const {
    const auto left_out = of_unknown_ + selves_;
    log.info("{}: {} of genes of the data in {}", path_, counted(std::ssize(pairs_), "pair"),
             counted(rows_, "row"));
    if (of_unknown_ > 0)
      log.warn("{}: {} left out, of names that the data do not have: {}", path_, counted(of_unknown_, "row"),
               some_names({unknown_.begin(), unknown_.end()}));
    if (selves_ > 0) log.warn("{}: {} of a gene with itself left out", path_, counted(selves_, "pair"));
    if (repeated_ > 0)
      log.warn("{}: {} repeated: the largest weight counts{}", path_, counted(repeated_, "pair"),
               disagreeing_ > 0
                   ? fmt::format("; {} of them disagree in the sign, which is taken as not known",
                                 with_thousands(disagreeing_))
                   : "");
    if (!pairs_.empty()) return;
    throw InputError(fmt::format("{}: none of its {} is of two genes of the data ({} left out)", path_,
                                 counted(rows_, "row"), with_thousands(left_out)));
  }

  NetworkPrior finish() const {
    double largest = 0;
    for (const auto& [pair, support] : pairs_) largest = std::max(largest, support.weight);
    NetworkPrior prior;
    for (const auto& [pair, support] : pairs_) {
      prior.targets.push_back(pair.first);
      prior.regulators.push_back(pair.second);
      prior.weights.push_back(support.weight / largest);
      prior.signs.push_back(support.sign);
    }
    return prior;
  }

 private:
  std::vector<std::int32_t> genes_of(const DelimitedReader& row, std::size_t column) {
    Meaning meaning = index_.by_name(row.as_written(column));
    if (meaning.positions.empty()) meaning = index_.by_name(row.fields()[column]);
    if (meaning.positions.empty()) unknown_.emplace(row.fields()[column]);
    return meaning.positions;
  }

  void add(std::int32_t regulator, std::int32_t target, const Support& support) {
    if (regulator == target) {
      ++selves_;
      return;
    }
    const auto [place, is_new] = pairs_.emplace(std::pair(target, regulator), support);
    if (is_new) return;
    ++repeated_;
    Support& known = place->second;
    known.weight = std::max(known.weight, support.weight);
    if (known.sign != 0 && support.sign != 0 && known.sign != support.sign) {
      ++disagreeing_;
      known.disagrees = true;
    }
    if (known.disagrees)
      known.sign = 0;
    else if (known.sign == 0)
      known.sign = support.sign;
  }

  std::string path_;
  const NameIndex& index_;
  std::map<std::pair<std::int32_t, std::int32_t>, Support> pairs_;  // by target and regulator
  std::set<std::string> unknown_;
  std::int64_t rows_ = 0;
  std::int64_t of_unknown_ = 0;
  std::int64_t selves_ = 0;
  std::int64_t repeated_ = 0;
  std::int64_t disagreeing_ = 0;
};

bool is_known(const DelimitedReader& row, std::size_t column, const NameIndex& index) {
  return !index.by_name(row.as_written(column)).positions.empty() ||
         !index.by_name(row.fields()[column]).positions.empty();
}

/// @throws InputError unless a first row without the titles names a gene of the data: it may be a header with
/// others.
void require_pair(const DelimitedReader& row, const NameIndex& index) {
  if (is_known(row, 0, index) || is_known(row, 1, index)) return;
  throw InputError(
      fmt::format("{}: neither {} nor {} is a gene of the data, and they are not the titles regulator and "
                  "target: give a header these titles, and a file without a header one",
                  row.place(), shown_name(row.fields()[0]), shown_name(row.fields()[1])));
}

}  // namespace

NetworkPrior read_network_prior(const std::filesystem::path& path, const ExpressionMatrix& matrix, Log& log) {
  DelimitedReader file(path);
  if (!file.next()) throw InputError(fmt::format("{}: is empty", path.string()));
  const PriorColumns columns = columns_of(file);
  const NameIndex index = matrix.gene_index();
  if (!columns.has_header) require_pair(file, index);
  PriorPairs pairs(path.string(), index);
  for (bool more = !columns.has_header || file.next(); more; more = file.next()) {
    if (file.fields().size() != columns.count)
      throw InputError(fmt::format("{}: has {} fields, the first row {}", file.place(), file.fields().size(),
                                   columns.count));
    pairs.add(file, columns);
  }
  pairs.report(log);
  NetworkPrior prior = pairs.finish();
  prior.checksum = checksum_of(path);
  return prior;
}

void NetworkPrior::broadcast(const Communicator& communicator) {
  communicator.broadcast(targets);
  communicator.broadcast(regulators);
  communicator.broadcast(weights);
  communicator.broadcast(signs);
  communicator.broadcast(holds_signs);
  communicator.broadcast(checksum);
}

}  // namespace dko
