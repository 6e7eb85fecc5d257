#include "dko/mapping/collapsed_file.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/mapping/collapse_for.hpp"
#include "dko/parallel/collective.hpp"

namespace dko {

namespace {

constexpr auto members_attribute = "members";

std::string group_of(std::int64_t member) {
  return fmt::format("member{}", member);
}

/// Rows [first, last) of an array of `width` columns, which this rank shares with the others of its node.
void read_rows(const hdf5::Dataset& from, std::int64_t width, RankShare rows, std::span<double> whole) {
  if (rows.first == rows.last) return;
  const auto first = static_cast<std::size_t>(rows.first * width);
  const auto count = static_cast<std::size_t>((rows.last - rows.first) * width);
  from.read(rows.first, whole.subspan(first, count));
}

/// @throws InputError
void require_shape(const hdf5::Dataset& array, const hdf5::Shape& shape) {
  if (array.shape() != shape)
    throw InputError(fmt::format("{}: is not of the {} genes of the model", array.place(), shape.front()));
}

/// A, column after column.
std::span<const double> all_effects(const CollapsedMapping& mapping) {
  return {mapping.column(0).data(), static_cast<std::size_t>(mapping.genes() * mapping.genes())};
}

constexpr auto way_out = "; remove the file, and it is made again";

/// @throws InputError
void require_model(const hdf5::File& file, const std::string& path, const std::string& model_checksum) {
  if (hdf5::read_header(file, collapsed_kind).model_checksum != model_checksum)
    throw InputError(fmt::format("{}: was replaced meanwhile by A = W2·W1 of another model", path));
}

/// Collective.
CollapsedMapping read_member(const NodeGroup& group, const std::string& path,
                             const std::string& model_checksum, std::int64_t genes, std::int64_t member) {
  NodeBuffer<double> a(group, genes * genes);
  NodeBuffer<double> c(group, genes);
  const auto array = [&](const hdf5::File& file, const char* name) {
    return file.group(group_of(member)).dataset(name);
  };
  on_every_rank(group.all, [&] {
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    require_model(file, path, model_checksum);
    require_shape(array(file, "A"), {genes, genes});
    require_shape(array(file, "c"), {genes});
    read_rows(array(file, "A"), genes, group.node.share_of(genes), a.values());
    read_rows(array(file, "c"), 1, group.node.share_of(genes), c.values());
  });
  CollapsedMapping collapsed(genes, std::move(a).publish(), std::move(c).publish());
  on_every_rank(group.all, [&] {
    if (group.node.rank() != 0) return;
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    array(file, "A").require_checksum(block_checksum(all_effects(collapsed)), way_out);
    array(file, "c").require_checksum(block_checksum(collapsed.offset()), way_out);
  });
  return collapsed;
}

/// @throws InputError
void require_members(const std::string& path, std::int64_t members) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const std::int64_t there = file.integer_attribute(members_attribute);
  if (there != members)
    throw InputError(fmt::format("{}: has A of {} members, and the model has {}", path, there, members));
}

}  // namespace

double collapsed_file_bytes(std::int64_t genes, std::int64_t members) {
  return static_cast<double>(members) * CollapsedMapping::bytes_of_dense(genes) + 65536;
}

void write_collapsed(OutputFile& output, std::span<const CollapsedMapping> members,
                     const Provenance& provenance) {
  hdf5::File file = hdf5::File::create(output.partial_path());
  hdf5::write_header(file, collapsed_kind, provenance);
  file.set(members_attribute, std::ssize(members));
  for (std::int64_t at = 0; at < std::ssize(members); ++at) {
    const CollapsedMapping& member = members[static_cast<std::size_t>(at)];
    hdf5::Location group = file.create_group(group_of(at));
    group.write("A", all_effects(member), {member.genes(), member.genes()});
    group.write("c", member.offset());
  }
  file.close();
  output.commit();
}

std::string checksum_of_collapsed_model(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  return hdf5::read_header(file, collapsed_kind).model_checksum;
}

std::vector<CollapsedMapping> read_collapsed(const NodeGroup& group, const std::string& path,
                                             const std::string& model_checksum,
                                             AtRoot<std::vector<Member>> members) {
  const std::int64_t count =
      group.all.broadcast(members.transform([](const std::vector<Member>& all) { return std::ssize(all); }));
  const std::int64_t genes = group.all.broadcast(members.transform([](const std::vector<Member>& all) {
    return std::get<TrainedMapping>(all.front()).mapping.shape().genes;
  }));
  on_root(group.all, [&] { require_members(path, count); });
  std::vector<CollapsedMapping> collapsed;
  for (std::int64_t at = 0; at < count; ++at) {
    collapsed.push_back(read_member(group, path, model_checksum, genes, at));
    collapsed.back().set_share_variances(share_variances(group, take(members, at)));
  }
  return collapsed;
}

}  // namespace dko
