#include "dko/hdf5/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "checks.hpp"
#include "dko/base/error.hpp"
#include "native.hpp"
#include "releases.hpp"

namespace dko::hdf5 {

namespace {

// Read at once.
constexpr std::int64_t piece_bytes = std::int64_t{4} << 20;
constexpr std::int64_t texts_at_once = std::int64_t{1} << 16;

/// An open array and what reading it takes.
class StoredArray {
 public:
  /// `on_piece` is told of each piece before it is read.
  StoredArray(Id dataset, std::string place, std::function<void()> on_piece)
      : dataset_(dataset),
        place_(std::move(place)),
        on_piece_(std::move(on_piece)),
        type_(check_input(H5Dget_type(dataset), place_), H5Tclose),
        space_(check_input(H5Dget_space(dataset), place_), H5Sclose) {
    require_readable(dataset, place_);
    const auto rank = check_input(H5Sget_simple_extent_ndims(space_.id()), place_);
    extent_.resize(static_cast<std::size_t>(rank));
    check_input(H5Sget_simple_extent_dims(space_.id(), extent_.data(), nullptr), place_);
    row_bytes_ = static_cast<std::int64_t>(H5Tget_size(type_.id()));
    for (std::size_t at = 1; at < extent_.size(); ++at) row_bytes_ *= static_cast<std::int64_t>(extent_[at]);
  }

  bool is_text() const { return H5Tis_variable_str(type_.id()) > 0; }
  bool is_plain() const { return H5Tdetect_class(type_.id(), H5T_VLEN) <= 0 && !is_text(); }
  std::int64_t rows() const { return extent_.empty() ? 1 : static_cast<std::int64_t>(extent_[0]); }
  std::int64_t row_bytes() const { return row_bytes_; }

  /// Checksum of rows [first, last), as they are stored.
  std::uint64_t checksum(std::int64_t first, std::int64_t last) {
    RunningChecksum sum;
    const std::int64_t most = std::max<std::int64_t>(1, piece_bytes / std::max<std::int64_t>(1, row_bytes_));
    for (std::int64_t row = first; row < last; row += most) {
      read(row, std::min(most, last - row));
      sum.add(std::span<const std::byte>(bytes_));
    }
    return sum.value();
  }

  /// Checksum of texts with their lengths, whose sum is `length`.
  std::uint64_t checksum_of_text(std::int64_t& length) {
    RunningChecksum sum;
    length = 0;
    for (std::int64_t row = 0; row < rows(); row += texts_at_once) {
      for (const std::string& text : read_texts(row, std::min(texts_at_once, rows() - row))) {
        sum.add(text);
        length += std::ssize(text);
      }
    }
    return sum.value();
  }

 private:
  void read(std::int64_t first, std::int64_t count) {
    bytes_.resize(static_cast<std::size_t>(count * row_bytes_));
    if (!bytes_.empty()) read_rows(first, count, bytes_.data());
  }

  /// Reads texts of an array of one dimension, or one text.
  Names read_texts(std::int64_t first, std::int64_t count) {
    std::vector<char*> texts(static_cast<std::size_t>(count * row_bytes_) / sizeof(char*), nullptr);
    if (texts.empty()) return {};
    const Handle memory = read_rows(first, count, texts.data());
    Names names;
    for (const char* text : texts) names.emplace_back(text == nullptr ? "" : text);
    free_texts(type_.id(), memory.id(), H5P_DEFAULT, texts.data());
    return names;
  }

  /// Returns the space that the values take in memory.
  Handle read_rows(std::int64_t first, std::int64_t count, void* values) {
    if (on_piece_) on_piece_();
    Handle memory(check_input(H5Scopy(space_.id()), place_), H5Sclose);
    if (!extent_.empty()) {
      std::vector<hsize_t> start(extent_.size(), 0);
      std::vector<hsize_t> slab = extent_;
      start[0] = static_cast<hsize_t>(first);
      slab[0] = static_cast<hsize_t>(count);
      memory =
          Handle(check_input(H5Screate_simple(static_cast<int>(slab.size()), slab.data(), nullptr), place_),
                 H5Sclose);
      check_input(
          H5Sselect_hyperslab(space_.id(), H5S_SELECT_SET, start.data(), nullptr, slab.data(), nullptr),
          place_);
    }
    check_input(H5Dread(dataset_, type_.id(), memory.id(), space_.id(), H5P_DEFAULT, values), place_);
    return memory;
  }

  Id dataset_;
  std::string place_;
  std::function<void()> on_piece_;
  Handle type_;
  Handle space_;
  std::vector<hsize_t> extent_;
  std::int64_t row_bytes_ = 0;
  std::vector<std::byte> bytes_;
};

std::optional<std::uint64_t> stated_checksum(Id dataset, const std::string& place) {
  if (check_input(H5Aexists(dataset, checksum_attribute), place) == 0) return std::nullopt;
  const Handle attribute(check_input(H5Aopen(dataset, checksum_attribute, H5P_DEFAULT), place), H5Aclose);
  const Handle space(check_input(H5Aget_space(attribute.id()), place), H5Sclose);
  const Handle type(check_input(H5Aget_type(attribute.id()), place), H5Tclose);
  // Not of ours otherwise.
  if (H5Sget_simple_extent_npoints(space.id()) != 1 || H5Tget_class(type.id()) != H5T_INTEGER)
    return std::nullopt;
  std::uint64_t sum = 0;
  check_input(H5Aread(attribute.id(), H5T_NATIVE_UINT64, &sum), place);
  return sum;
}

/// Whether the array is what its checksum says; nothing if it has none.
std::optional<bool> is_intact(Id dataset, const std::string& place, std::int64_t& bytes,
                              const std::function<void()>& on_piece = {}) {
  const std::optional<std::uint64_t> stated = stated_checksum(dataset, place);
  StoredArray array(dataset, place, on_piece);
  if (!stated || !(array.is_text() || array.is_plain())) return std::nullopt;
  if (array.is_text()) return array.checksum_of_text(bytes) == *stated;
  bytes = array.rows() * array.row_bytes();
  return array.checksum(0, array.rows()) == *stated;
}

std::string rows_of(const BlockSums& blocks, std::size_t block) {
  const std::int64_t first = blocks.starts[block];
  const std::int64_t last = blocks.starts[block + 1] - 1;
  return first == last ? fmt::format("{} {}", blocks.unit, first)
                       : fmt::format("{}s {}–{}", blocks.unit, first, last);
}

}  // namespace

/// Walks through a file, every object once.
class Verifier {
 public:
  Verifier(const File& file, const std::vector<BlockSums>& blocks, const PieceCallback& on_piece)
      : file_(file), root_(file.id()), on_piece_(on_piece) {
    for (const BlockSums& of_array : blocks) {
      blocks_.emplace("/" + of_array.array, &of_array);
      sums_.insert("/" + of_array.sums);
    }
  }

  Verification run() {
    add_group(root_, "");
    if (!found_.is_readable) return std::move(found_);  // neither would the attributes be
    trying("attributes", [&] {
      if (!file_.has_attribute(attributes_checksum)) return;
      tell("the texts of attributes");
      if (file_.unsigned_attribute(attributes_checksum) != checksum_of_attributes(file_))
        found_.damaged.emplace_back("the texts of attributes");
    });
    return std::move(found_);
  }

 private:
  template <class Work>
  void trying(const std::string& path, Work work) {
    try {
      work();
    } catch (const Error&) {
      found_.is_readable = false;
      found_.damaged.push_back(path + ", which cannot be read");
    }
  }

  void tell(const std::string& path) const {
    if (on_piece_) on_piece_(path);
  }
  std::string place(const std::string& path) const { return file_.path() + ":" + path; }

  void add_group(Id group, const std::string& path) {
    for (const std::string& name : link_names(group, place(path))) {
      const std::string child = path + "/" + name;
      trying(child, [&] { add_child(group, name, child); });
    }
  }

  void add_child(Id group, const std::string& name, const std::string& path) {
    const ObjectInfo info = object_info(group, name, place(path));
    if (!seen_.insert(info.key).second) return;
    const Handle object(check_input(H5Oopen(group, name.c_str(), H5P_DEFAULT), place(path)), H5Oclose);
    if (info.type == H5O_TYPE_GROUP) return add_group(object.id(), path);
    if (info.type != H5O_TYPE_DATASET || sums_.contains(path)) return;
    tell(path);
    if (const auto blocks = blocks_.find(path); blocks != blocks_.end())
      add_blocks(object.id(), path, *blocks->second);
    else
      add_whole(object.id(), path);
  }

  void add_whole(Id dataset, const std::string& path) {
    std::int64_t bytes = 0;
    const std::optional<bool> intact = is_intact(dataset, place(path), bytes, [&] { tell(path); });
    (intact ? found_.arrays : found_.without) += 1;
    found_.bytes += bytes;
    if (intact && !*intact) found_.damaged.push_back(path);
  }

  void add_blocks(Id dataset, const std::string& path, const BlockSums& blocks) {
    StoredArray array(dataset, place(path), [&] { tell(path); });
    const std::vector<std::uint64_t> sums = file_.read<std::uint64_t>(blocks.sums);
    ++found_.arrays;
    if (sums.size() + 1 != blocks.starts.size() || blocks.starts.back() != array.rows()) {
      found_.damaged.push_back(path + ", of which there are not as many checksums as blocks");
      return;
    }
    for (std::size_t block = 0; block < sums.size(); ++block) {
      if (sums[block] == 0) {
        ++found_.unwritten;
        continue;
      }
      const std::int64_t rows = blocks.starts[block + 1] - blocks.starts[block];
      found_.bytes += rows * array.row_bytes();
      if (array.checksum(blocks.starts[block], blocks.starts[block + 1]) != sums[block])
        found_.damaged.push_back(fmt::format("{}, {}", path, rows_of(blocks, block)));
    }
  }

  const File& file_;
  Id root_;
  const PieceCallback& on_piece_;
  std::map<std::string, const BlockSums*> blocks_;
  std::set<std::string> sums_;
  std::set<ObjectKey> seen_;
  Verification found_;
};

std::vector<std::int64_t> even_blocks(std::int64_t rows, std::int64_t block) {
  std::vector<std::int64_t> starts;
  for (std::int64_t row = 0; row < rows; row += block) starts.push_back(row);
  starts.push_back(rows);
  return starts;
}

Verification verify_arrays(const File& file, const std::vector<BlockSums>& blocks,
                           const PieceCallback& on_piece) {
  return Verifier(file, blocks, on_piece).run();
}

void Dataset::require_intact() const {
  std::int64_t bytes = 0;
  if (!is_intact(handle_.id(), place_, bytes).value_or(true))
    throw InputError(fmt::format("{}: is corrupt: its checksum does not match", place_));
}

void Dataset::require_checksum(std::uint64_t found, const std::string& advice) const {
  if (stated_checksum(handle_.id(), place_) != found)
    throw InputError(fmt::format("{}: is corrupt: its checksum does not match{}", place_, advice));
}

void require_intact(const std::string& path, const Verification& found) {
  constexpr std::size_t most = 10;
  if (found.damaged.empty()) return;
  std::string places;
  for (std::size_t at = 0; at < std::min(most, found.damaged.size()); ++at)
    places += (at == 0 ? "" : "; ") + found.damaged[at];
  if (found.damaged.size() > most) places += fmt::format("; and {} more", found.damaged.size() - most);
  throw InputError(fmt::format("{}: is corrupt: {}", path, places));
}

}  // namespace dko::hdf5
