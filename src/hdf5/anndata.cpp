#include "dko/hdf5/anndata.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace dko::hdf5 {

namespace {

constexpr std::size_t block = std::size_t{1} << 20;

/// The values as another type, in blocks.
template <class To, class From>
void write_as(Location& group, const std::string& name, std::span<const From> values) {
  Dataset dataset = group.create(name, type_of<To>(), {static_cast<std::int64_t>(values.size())});
  RunningChecksum sum;
  for (std::size_t first = 0; first < values.size(); first += block) {
    const auto part = values.subspan(first, std::min(block, values.size() - first));
    std::vector<To> converted;
    for (const From value : part) converted.push_back(static_cast<To>(value));
    dataset.write(static_cast<std::int64_t>(first), std::span<const To>(converted));
    sum.add(std::span<const To>(converted));
  }
  dataset.set_checksum(sum.value());
}

void mark_csr(Location& group, const Shape& shape) {
  group.set_encoding("", "csr_matrix", "0.1.0");
  group.set("shape", shape);
}

}  // namespace

void begin_anndata(File& file) {
  file.set_encoding("", "anndata", "0.1.0");
  for (const char* name : {"layers", "obsm", "varm", "obsp", "varp", "uns"}) create_dict(file, name);
}

Location create_dict(Location& parent, const std::string& name) {
  Location group = parent.create_group(name);
  group.set_encoding("", "dict", "0.1.0");
  return group;
}

Dataset create_csr(Location& parent, const std::string& name, std::span<const std::int64_t> starts,
                   std::span<const std::int32_t> indices, std::int64_t columns) {
  Location group = parent.create_group(name);
  mark_csr(group, {static_cast<std::int64_t>(starts.size()) - 1, columns});
  if (starts.back() <= std::numeric_limits<std::int32_t>::max()) {
    write_as<std::int32_t>(group, "indptr", starts);
    group.write("indices", indices);
  } else {
    group.write("indptr", starts);
    write_as<std::int64_t>(group, "indices", indices);
  }
  return group.create("data", Type::f32, {starts.back()});
}

Dataset create_csr_like(Location& parent, const std::string& name, const Location& like, const Shape& shape) {
  Location group = parent.create_group(name);
  mark_csr(group, shape);
  for (const char* indices : {"indptr", "indices"}) group.hard_link(like, indices, indices);
  return group.create("data", Type::f32, like.dataset("data").shape());
}

DataFrame::DataFrame(Location& parent, const std::string& name, const Names& index)
    : group_(parent.create_group(name)) {
  begin();
  group_.write_strings("_index", index);
}

DataFrame::DataFrame(Location& parent, const std::string& name, const Location& from,
                     const std::string& index)
    : group_(parent.create_group(name)) {
  begin();
  group_.hard_link(from, index, "_index");
}

void DataFrame::begin() {
  group_.set_encoding("", "dataframe", "0.2.0");
  group_.set("_index", std::string("_index"));
  group_.set("column-order", columns_);
}

void DataFrame::add(const std::string& column, std::span<const std::int32_t> codes, const Names& categories) {
  Location categorical = group_.create_group(column);
  categorical.set_encoding("", "categorical", "0.2.0");
  categorical.write("codes", codes);
  categorical.set_encoding("codes", "array", "0.2.0");
  categorical.write_strings("categories", categories);
  note(column);
}

void DataFrame::add(const std::string& column, const Names& values) {
  group_.write_strings(column, values);
  note(column);
}

void DataFrame::note(const std::string& column) {
  columns_.push_back(column);
  group_.set("column-order", columns_);
}

}  // namespace dko::hdf5
