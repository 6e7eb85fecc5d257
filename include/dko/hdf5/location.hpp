#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dko/base/block_checksum.hpp"
#include "dko/base/names.hpp"
#include "dko/hdf5/handle.hpp"

namespace dko::hdf5 {

/// Element types that are stored. Files hold them little-endian.
enum class Type { f32, f64, i32, i64, u64 };

template <class T>
constexpr Type type_of();
template <>
constexpr Type type_of<float>() {
  return Type::f32;
}
template <>
constexpr Type type_of<double>() {
  return Type::f64;
}
template <>
constexpr Type type_of<std::int32_t>() {
  return Type::i32;
}
template <>
constexpr Type type_of<std::int64_t>() {
  return Type::i64;
}

template <>
constexpr Type type_of<std::uint64_t>() {
  return Type::u64;
}

using Shape = std::vector<std::int64_t>;

/// What the elements of an array are. Those of an enumeration, as which Python stores booleans and R logical
/// values and factors, are numbers.
enum class Content { numbers, text, records, other };

/// An array in a file.
class Dataset {
 public:
  Dataset(Handle handle, std::string place) : handle_(std::move(handle)), place_(std::move(place)) {}

  /// "file:/path", for messages.
  const std::string& place() const { return place_; }
  Shape shape() const;
  std::int64_t size() const;  ///< number of elements
  Content content() const;
  bool is_enumeration() const;       ///< numbers that have names
  bool is_single_precision() const;  ///< 32-bit floating point
  /// Whether the elements are stored as they are in memory, so that reading them converts nothing.
  bool is_stored_as(Type type) const;
  Shape chunk() const;   ///< empty if the array is not divided into chunks
  Names fields() const;  ///< of records

  /// All elements as text: text of any kind, fixed or variable; numbers in decimal, of 32-bit ones the fewest
  /// decimals that tell them apart; of an enumeration the names (True and False of booleans), empty where a
  /// value has none. For records the field of this name. Local. @throws InputError
  Names texts(const std::string& field = {}) const;
  /// All elements, or all of a field, as numbers. Local. @throws InputError if they are none.
  std::vector<double> numbers(const std::string& field = {}) const;

  /// Elements [first, first+values.size()) of a one-dimensional array; for a two-dimensional one rows from
  /// `first` on, as many as `values` fills. One contiguous hyperslab. Local (independent transfer).
  /// @throws IoError from write, InputError from read
  template <class T>
  void write(std::int64_t first, std::span<const T> values) {
    transfer_out(first, values.data(), static_cast<std::int64_t>(values.size()), type_of<T>());
  }
  template <class T>
  void read(std::int64_t first, std::span<T> values) const {
    transfer_in(first, values.data(), static_cast<std::int64_t>(values.size()), type_of<T>());
  }

  /// States the checksum of all its elements, which verify_arrays() looks for. Collective where its file is.
  /// @throws IoError
  void set_checksum(std::uint64_t sum);
  /// @throws InputError if it has a checksum, and its elements another; or they cannot be read
  void require_intact() const;
  /// For whoever has read its elements: `found` is their checksum; `advice` is said at the end.
  /// @throws InputError if it states another, or none
  void require_checksum(std::uint64_t found, const std::string& advice = {}) const;

 private:
  void transfer_out(std::int64_t first, const void* values, std::int64_t count, Type type);
  void transfer_in(std::int64_t first, void* values, std::int64_t count, Type type) const;
  Handle element_type(const std::string& field) const;
  /// `transfer` is a property list; 0 the default.
  void read_all(Id type, const std::string& field, void* values, Id transfer = 0) const;
  Handle select(std::int64_t first, std::int64_t count, Handle& memory) const;

  Handle handle_;
  std::string place_;
};

class File;

/// A group of a file; the base of File, which is its root group. Calls that
/// write throw IoError, calls that read InputError, with the place, when HDF5 reports a failure.
class Location {
 public:
  /// `place` is "file:" for the root group, "file:/path" for another.
  Location(Handle handle, std::string place) : handle_(std::move(handle)), place_(std::move(place)) {}

  /// "file:/path", for messages.
  std::string place() const { return place_.ends_with(':') ? place_ + "/" : place_; }
  bool has(const std::string& name) const;
  bool has_group(const std::string& name) const;
  bool has_dataset(const std::string& name) const;
  Names children() const;  ///< names of what it holds

  Location create_group(const std::string& name);
  Location group(const std::string& name) const;

  /// A contiguous array whose space is allocated now and never filled: writing it later changes nothing
  /// else in the file, so that a killed job leaves a readable one.
  Dataset create(const std::string& name, Type type, const Shape& shape);
  /// @throws InputError also if the array claims more than the file can hold (nothing is allocated on its
  ///         word), keeps its values in other files, is behind a link to another file, or is compressed in a
  ///         way that is not read here.
  Dataset dataset(const std::string& name) const;

  /// A new array, with its checksum.
  template <class T>
  void write(const std::string& name, std::span<const T> values) {
    write(name, values, {static_cast<std::int64_t>(values.size())});
  }
  template <class T>
  void write(const std::string& name, std::span<const T> values, const Shape& shape) {
    Dataset to = create(name, type_of<T>(), shape);
    to.write(0, values);
    to.set_checksum(block_checksum(values));
  }
  template <class T>
  std::vector<T> read(const std::string& name) const {
    const Dataset from = dataset(name);
    std::vector<T> values(static_cast<std::size_t>(from.size()));
    from.read(0, std::span<T>(values));
    return values;
  }

  /// Variable-length UTF-8, encoded as anndata's string-array, with the checksum of the texts.
  void write_strings(const std::string& name, const Names& values);
  /// @throws InputError also if it is not of text.
  Names read_strings(const std::string& name) const;

  /// A dataset of one value, encoded as anndata's string or numeric-scalar.
  void write_scalar(const std::string& name, const std::string& text);
  void write_scalar(const std::string& name, std::int64_t value);

  /// A number, or a text of fixed width, takes the place of one that is there: nothing else in the file
  /// changes.
  void set(const std::string& attribute, const std::string& text);
  void set(const std::string& attribute, std::int64_t value);
  void set(const std::string& attribute, std::uint64_t value);
  void set(const std::string& attribute, double value);
  void set(const std::string& attribute, const std::vector<std::int64_t>& values);
  void set(const std::string& attribute, const Names& texts);
  /// A text of at most `width` bytes that can be replaced in place.
  void set_fixed(const std::string& attribute, const std::string& text, std::size_t width);
  bool has_attribute(const std::string& attribute) const;
  std::string text_attribute(const std::string& attribute) const;
  std::int64_t integer_attribute(const std::string& attribute) const;
  std::uint64_t unsigned_attribute(const std::string& attribute) const;
  double real_attribute(const std::string& attribute) const;
  std::vector<std::int64_t> integers_attribute(const std::string& attribute) const;

  /// A second name for an object of this file: no copy.
  void hard_link(const Location& from, const std::string& name, const std::string& new_name);

  /// Marks `name` ("" for this group itself) as an element of anndata's on-disk format; a categorical one as
  /// not ordered.
  void set_encoding(const std::string& name, const std::string& type, const std::string& version);

 protected:
  friend void copy_compressed(const File& from, File& to);
  friend class Verifier;
  friend std::uint64_t checksum_of_attributes(const File& file);
  Id id() const { return handle_.id(); }
  Handle handle_;
  // Whether all ranks have the file open, which they then write themselves: HDF5 cannot tell its size without
  // all of them.
  bool is_collective_ = false;

 private:
  std::string at(const std::string& name) const { return place_ + "/" + name; }
  Handle open_attribute(const std::string& attribute) const;
  void read_attribute(const std::string& attribute, Id type, void* value) const;

  std::string place_;
};

}  // namespace dko::hdf5
