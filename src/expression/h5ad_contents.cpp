// What an AnnData file holds beside the matrix that is read of it.

#include <algorithm>
#include <cmath>
#include <optional>

#include "dko/hdf5/file.hpp"
#include "format.hpp"

namespace dko {

namespace {

constexpr std::int64_t looked_at = 1'000'000;  // values, the first

/// The stored values of a matrix, sparse or dense.
std::optional<hdf5::Dataset> values_of(const hdf5::Location& parent, const std::string& name) {
  if (parent.has_dataset(name)) return parent.dataset(name);
  if (!parent.has_group(name)) return std::nullopt;
  const hdf5::Location group = parent.group(name);
  if (!group.has_dataset("data")) return std::nullopt;
  return group.dataset("data");
}

/// The first values, by rows.
std::vector<double> first_values(const hdf5::Dataset& from) {
  const std::int64_t count = std::min(from.size(), looked_at);
  const hdf5::Shape shape = from.shape();
  const std::int64_t width = shape.size() == 2 ? shape[1] : 1;
  if (shape.empty() || shape.size() > 2 || width == 0) return {};
  const std::int64_t rows =
      std::max<std::int64_t>(std::min<std::int64_t>(count / width, shape[0]), shape[0] > 0);
  std::vector<double> values(static_cast<std::size_t>(rows * width));
  from.read(0, std::span<double>(values));
  return values;
}

ValuesSeen look_at(const hdf5::Dataset& from) {
  ValuesSeen seen{.are_whole = true};
  for (const double value : first_values(from)) {
    seen.are_whole = seen.are_whole && value == std::floor(value);
    seen.largest = std::max(seen.largest, value);
  }
  return seen;
}

class OtherMatrices {
 public:
  void look(const hdf5::Location& parent, const std::string& name, const std::string& shown) {
    if (const auto values = values_of(parent, name)) found_.push_back({shown, look_at(*values)});
  }
  std::vector<OtherMatrix> found() && { return std::move(found_); }

 private:
  std::vector<OtherMatrix> found_;
};

}  // namespace

AnnDataContents h5ad_contents(const std::filesystem::path& path, const ReadOptions& read) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  OtherMatrices others;
  if (read.raw || !read.layer.empty()) others.look(file, "X", "X");
  if (file.has_group("layers")) {
    const hdf5::Location layers = file.group("layers");
    for (const std::string& name : layers.children()) {
      if (name != read.layer) others.look(layers, name, name);
    }
  }
  if (!read.raw) {
    if (file.has_group("raw")) others.look(file.group("raw"), "X", "");
    others.look(file, "raw.X", "");
  }
  AnnDataContents contents{std::move(others).found(), {}};
  if (file.has_group("obsm")) contents.embeddings = file.group("obsm").children();
  return contents;
}

}  // namespace dko
