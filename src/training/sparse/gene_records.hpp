#pragma once
// Fits of genes as rows of numbers of different lengths, and how all ranks write such rows into a file.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/parallel/communicator.hpp"
#include "gene_fit.hpp"

namespace dko {

/// Rows of some genes.
template <class T>
struct GeneRows {
  std::vector<std::int32_t> genes;
  std::vector<std::int64_t> starts{0};  ///< of each in the values, and the end
  std::vector<T> values;

  void add(std::int32_t gene, std::span<const T> row) {
    genes.push_back(gene);
    values.insert(values.end(), row.begin(), row.end());
    starts.push_back(std::ssize(values));
  }
  std::span<const T> row(std::size_t at) const {
    return std::span(values).subspan(static_cast<std::size_t>(starts[at]),
                                     static_cast<std::size_t>(starts[at + 1] - starts[at]));
  }
};

/// The numbers of a fit: mean, offset, penalty, distance, responses, regulators, effects.
std::vector<double> to_row(const GeneFit& fit);
/// The fit of such a row of `responses` responses among this many genes. @throws InputError, which names
/// `place`, if it is none
GeneFit from_row(std::span<const double> row, std::int64_t responses, std::int64_t genes,
                 const std::string& place);

/// The rows of all ranks in a group of a file. Rank 0 makes the group while it alone has the file open, then
/// every rank writes its rows.
template <class T>
class SharedRows {
 public:
  /// `rows` of this rank outlive it. Collective.
  SharedRows(const GeneRows<T>& rows, std::string group, const Communicator& ranks);

  /// Does nothing where no rank has a row. Local: rank 0.
  void create(hdf5::File& file) const;
  /// The arrays of the group; none where no rank has a row. Ranks without a row open them, too: the ranks
  /// read together what HDF5 knows of them. Collective where the file is.
  struct Arrays {
    hdf5::Dataset values;
    hdf5::Dataset checksums;
  };
  std::optional<Arrays> open(const hdf5::File& file) const;
  /// Local. @throws IoError
  void write(std::optional<Arrays>& to) const;

 private:
  const GeneRows<T>& rows_;
  std::string group_;
  std::vector<std::int32_t> genes_;   // of all ranks; significant at root only
  std::vector<std::int64_t> starts_;  // likewise
  std::int64_t first_gene_ = 0;       // of this rank's
  std::int64_t first_value_ = 0;
  std::int64_t all_genes_ = 0;
};

/// Those rows of a group that are of `wanted` genes, or all in one piece, compared with their checksums; none
/// where there is no such group. Local. @throws InputError
template <class T>
GeneRows<T> read_rows(const hdf5::File& file, const std::string& group, std::int64_t genes,
                      const std::vector<bool>* wanted = nullptr);

}  // namespace dko
