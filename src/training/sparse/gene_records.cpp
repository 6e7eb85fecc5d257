#include "gene_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "dko/base/error.hpp"

namespace dko {

namespace {

constexpr std::size_t figures = 4;

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
  throw InputError(fmt::format("{}: {}: it is corrupt", place, why));
}

void require_starts(const std::vector<std::int64_t>& starts, std::int64_t rows, std::int64_t values,
                    const std::string& place) {
  if (std::ssize(starts) != rows + 1 || starts.front() != 0 || starts.back() != values ||
      !std::is_sorted(starts.begin(), starts.end()))
    refuse(place, "its rows do not fill its values");
}

void require_genes(const std::vector<std::int32_t>& found, std::int64_t genes, const std::string& place) {
  std::vector<bool> seen(static_cast<std::size_t>(genes), false);
  for (const std::int32_t gene : found) {
    if (gene < 0 || gene >= genes || seen[static_cast<std::size_t>(gene)])
      refuse(place, fmt::format("gene {} is none, or twice", gene));
    seen[static_cast<std::size_t>(gene)] = true;
  }
}

}  // namespace

std::vector<double> to_row(const GeneFit& fit) {
  std::vector<double> row{fit.mean, fit.offset, fit.penalty, fit.distance};
  row.insert(row.end(), fit.responses.begin(), fit.responses.end());
  row.insert(row.end(), fit.regulators.begin(), fit.regulators.end());
  row.insert(row.end(), fit.effects.begin(), fit.effects.end());
  return row;
}

GeneFit from_row(std::span<const double> row, std::int64_t responses, std::int64_t genes,
                 const std::string& place) {
  const std::size_t fixed = figures + static_cast<std::size_t>(responses);
  if (row.size() < fixed || (row.size() - fixed) % 2 != 0) refuse(place, "a row has another length");
  const std::size_t effects = (row.size() - fixed) / 2;
  GeneFit fit;
  fit.mean = row[0];
  fit.offset = row[1];
  fit.penalty = row[2];
  fit.distance = row[3];
  fit.responses.assign(row.begin() + figures, row.begin() + static_cast<std::ptrdiff_t>(fixed));
  for (const double regulator : row.subspan(fixed, effects)) {
    if (!(regulator >= 0 && regulator < static_cast<double>(genes)) || regulator != std::floor(regulator))
      refuse(place, "a regulator is no gene");
    fit.regulators.push_back(static_cast<std::int32_t>(regulator));
  }
  fit.effects.assign(row.end() - static_cast<std::ptrdiff_t>(effects), row.end());
  return fit;
}

template <class T>
SharedRows<T>::SharedRows(const GeneRows<T>& rows, std::string group, const Communicator& ranks)
    : rows_(rows), group_(std::move(group)) {
  const std::vector<std::int64_t> own{std::ssize(rows.genes), std::ssize(rows.values)};
  const std::vector<std::int64_t> counts = ranks.broadcast(ranks.gather(std::span<const std::int64_t>(own)));
  for (std::size_t rank = 0; 2 * rank < counts.size(); ++rank) {
    if (static_cast<int>(rank) < ranks.rank()) {
      first_gene_ += counts[2 * rank];
      first_value_ += counts[2 * rank + 1];
    }
    all_genes_ += counts[2 * rank];
  }
  std::vector<std::int64_t> ends(rows.starts.begin() + 1, rows.starts.end());
  for (std::int64_t& end : ends) end += first_value_;
  genes_ = ranks.gather(std::span<const std::int32_t>(rows.genes)).or_empty();
  starts_ = ranks.gather(std::span<const std::int64_t>(ends)).or_empty();
  starts_.insert(starts_.begin(), 0);
}

template <class T>
void SharedRows<T>::create(hdf5::File& file) const {
  if (all_genes_ == 0) return;
  hdf5::Location group = file.create_group(group_);
  group.write("genes", std::span<const std::int32_t>(genes_));
  group.write("starts", std::span<const std::int64_t>(starts_));
  group.create("values", hdf5::type_of<T>(), {starts_.back()});
  group.create("checksums", hdf5::Type::u64, {all_genes_});
}

template <class T>
auto SharedRows<T>::open(const hdf5::File& file) const -> std::optional<Arrays> {
  if (all_genes_ == 0) return std::nullopt;
  const hdf5::Location group = file.group(group_);
  return Arrays{group.dataset("values"), group.dataset("checksums")};
}

template <class T>
void SharedRows<T>::write(std::optional<Arrays>& to) const {
  if (rows_.genes.empty()) return;
  std::vector<std::uint64_t> sums;
  for (std::size_t at = 0; at < rows_.genes.size(); ++at) sums.push_back(block_checksum(rows_.row(at)));
  to->values.write(first_value_, std::span<const T>(rows_.values));
  to->checksums.write(first_gene_, std::span<const std::uint64_t>(sums));
}

template <class T>
GeneRows<T> read_rows(const hdf5::File& file, const std::string& name, std::int64_t genes,
                      const std::vector<bool>* wanted) {
  GeneRows<T> rows;
  if (!file.has_group(name)) return rows;
  const hdf5::Location group = file.group(name);
  for (const char* array : {"genes", "starts"}) group.dataset(array).require_intact();
  const auto found = group.read<std::int32_t>("genes");
  const auto starts = group.read<std::int64_t>("starts");
  const auto sums = group.read<std::uint64_t>("checksums");
  const hdf5::Dataset values = group.dataset("values");
  require_genes(found, genes, group.place());
  require_starts(starts, std::ssize(found), values.size(), group.place());
  if (sums.size() != found.size()) refuse(group.place(), "it has not a checksum of each row");
  std::vector<T> all(wanted == nullptr ? static_cast<std::size_t>(values.size()) : 0);
  if (!all.empty()) values.read(0, std::span<T>(all));
  std::vector<T> row;
  for (std::size_t at = 0; at < found.size(); ++at) {
    if (wanted != nullptr && !(*wanted)[static_cast<std::size_t>(found[at])]) continue;
    row.resize(static_cast<std::size_t>(starts[at + 1] - starts[at]));
    if (wanted == nullptr)
      std::copy_n(all.begin() + starts[at], row.size(), row.begin());
    else if (!row.empty())
      values.read(starts[at], std::span<T>(row));
    if (block_checksum(std::span<const T>(row)) != sums[at])
      refuse(values.place(), fmt::format("the checksum of gene {} does not match", found[at]));
    rows.add(found[at], row);
  }
  return rows;
}

template class SharedRows<double>;
template class SharedRows<float>;
template GeneRows<double> read_rows(const hdf5::File&, const std::string&, std::int64_t,
                                    const std::vector<bool>*);
template GeneRows<float> read_rows(const hdf5::File&, const std::string&, std::int64_t,
                                   const std::vector<bool>*);

}  // namespace dko
