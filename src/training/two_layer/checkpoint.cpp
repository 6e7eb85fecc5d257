#include "checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "dko/base/block_checksum.hpp"
#include "dko/base/checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/parameter.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/mapping/training_record_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "dko/training/two_layer/checkpoint.hpp"
#include "dko/training/two_layer/training_settings.hpp"
#include "training/checkpoint_refusal.hpp"

namespace dko {

namespace {

namespace fs = std::filesystem;
using Part = HiddenUnits::Part;

constexpr std::int64_t alignment = std::int64_t{1} << 20;  // of large arrays

struct StoredSet {
  const char* name;
  ParameterSet set;
};

constexpr std::array every_set{
    StoredSet{"weights", ParameterSet::weights}, StoredSet{"first_moment", ParameterSet::first_moment},
    StoredSet{"second_moment", ParameterSet::second_moment}, StoredSet{"kept", ParameterSet::kept}};

std::span<const StoredSet> sets_of(bool keeps) {
  return std::span(every_set).first(every_set.size() - (keeps ? 0 : 1));
}

struct StoredPart {
  const char* name;
  const char* sums;  // of its rows
  Part part;
};

constexpr std::array every_part{StoredPart{"w1", "w1_checksums", Part::w1},
                                StoredPart{"w2", "w2_checksums", Part::w2},
                                StoredPart{"b1", "b1_checksums", Part::b1}};

hdf5::Shape shape_of(Part part, MappingShape shape) {
  return part == Part::b1 ? hdf5::Shape{shape.hidden} : hdf5::Shape{shape.hidden, shape.genes};
}

std::vector<float> transposed(const std::vector<float>& values, std::int64_t rows, std::int64_t columns) {
  std::vector<float> turned(values.size());
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column)
      turned[static_cast<std::size_t>(column * rows + row)] =
          values[static_cast<std::size_t>(row * columns + column)];
  }
  return turned;
}

/// Covers numbers among the attributes by which a training goes on: HDF5 keeps them without a checksum.
std::uint64_t checksum_of_attributes(const TrainingRecord& record, std::int64_t steps_asked) {
  const std::array numbers{static_cast<double>(record.steps), static_cast<double>(record.best_step),
                           static_cast<double>(record.validate_every), static_cast<double>(steps_asked),
                           record.best_validation_loss};
  return block_checksum(std::span<const double>(numbers));
}

void create_file(const fs::path& path, const Provenance& provenance, const CheckpointNotes& notes,
                 const OutputBias& bias) {
  hdf5::File file = hdf5::File::create(path, alignment);
  hdf5::write_header(file, checkpoint_kind, provenance);
  hdf5::Location training = file.create_group("training");
  write_settings(training, notes.record);
  write_outcome(training, notes.record);
  training.set("steps_asked", notes.steps_asked);
  training.set("state_checksum", checksum_of_attributes(notes.record, notes.steps_asked));
  training.set("hidden", notes.shape.hidden);
  training.set("instruction_set", std::string(name_of(notes.instructions)));
  training.set("profiles_checksum", notes.data.profiles);
  training.set("genes_checksum", notes.data.genes);
  training.set("split_checksum", notes.data.split);
  for (const StoredSet& set : sets_of(notes.keeps())) {
    hdf5::Location group = file.create_group(set.name);
    for (const auto& [name, sums, part] : every_part) {
      group.create(name, hdf5::Type::f32, shape_of(part, notes.shape));
      group.create(sums, hdf5::Type::u64, {notes.shape.hidden});
    }
    group.write("b2", bias.of(set.set));
  }
  file.flush();
  file.close();
}

/// An array of a checkpoint, and what it is.
struct UnitRows {
  hdf5::Dataset values;
  hdf5::Dataset sums;
  ParameterSet set;
  Part part;
};

/// Calls work(array, block) for each block of units of each array of a checkpoint. Local.
template <class Work>
void for_each_block(const hdf5::File& file, bool keeps, RankShare blocks, Work work) {
  for (const StoredSet& stored : sets_of(keeps)) {
    const hdf5::Location group = file.group(stored.name);
    for (const auto& [name, sums, part] : every_part) {
      UnitRows array{group.dataset(name), group.dataset(sums), stored.set, part};
      for (std::int64_t block = blocks.first; block < blocks.last; ++block) work(array, block);
    }
  }
}

/// Checksum of each of `rows` rows.
std::vector<std::uint64_t> row_checksums(std::span<const float> values, std::int64_t rows) {
  const std::size_t length = values.size() / static_cast<std::size_t>(rows);
  std::vector<std::uint64_t> sums;
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row)
    sums.push_back(block_checksum(values.subspan(row * length, length)));
  return sums;
}

/// @throws InputError unless the rows from `first` on are what was written.
void require_intact(const UnitRows& array, std::int64_t first, std::span<const float> values,
                    std::int64_t rows) {
  std::vector<std::uint64_t> stated(static_cast<std::size_t>(rows));
  array.sums.read(first, std::span(stated));
  const std::vector<std::uint64_t> found = row_checksums(values, rows);
  const auto damaged = std::mismatch(found.begin(), found.end(), stated.begin()).first;
  if (damaged == found.end()) return;
  throw InputError(fmt::format("{}: row {} is corrupt: its checksum does not match", array.values.place(),
                               first + (damaged - found.begin())));
}

/// Local.
void write_units(const hdf5::File& file, bool keeps, const HiddenUnits& units, RankShare own) {
  std::optional<IoError> failure;
  for_each_block(file, keeps, own, [&](UnitRows& array, std::int64_t block) {
    // After a failure too all arrays are opened: the ranks read together what HDF5 knows of them.
    if (failure) return;
    const RankShare of_block = units.units_of(block);
    const std::int64_t count = of_block.last - of_block.first;
    const std::int64_t first = units.units().first + of_block.first;
    std::vector<float> values(static_cast<std::size_t>(units.rows(array.part) * count));
    units.read(block, array.set, array.part, values);
    values = transposed(values, units.rows(array.part), count);
    try {
      array.values.write(first, std::span<const float>(values));
      array.sums.write(first, std::span<const std::uint64_t>(row_checksums(values, count)));
    } catch (const IoError& error) {
      failure = error;
    }
  });
  if (failure) throw *failure;
}

/// Local.
void read_units(const hdf5::File& file, bool keeps, HiddenUnits& units) {
  for_each_block(file, keeps, {0, units.blocks()}, [&](UnitRows& array, std::int64_t block) {
    const RankShare of_block = units.units_of(block);
    const std::int64_t count = of_block.last - of_block.first;
    const std::int64_t first = units.units().first + of_block.first;
    std::vector<float> values(static_cast<std::size_t>(units.rows(array.part) * count));
    array.values.read(first, std::span(values));
    require_intact(array, first, values, count);
    units.write(block, array.set, array.part, transposed(values, count, units.rows(array.part)));
  });
}

[[noreturn]] void refuse(const hdf5::File& file, const std::string& why) {
  refuse_checkpoint(file, "a training with the data and settings", why);
}

void require_same_data(const hdf5::File& file, const DataChecksums& expected) {
  const hdf5::Location training = file.group("training");
  const auto differs = [&](const char* attribute, const std::string& checksum) {
    return training.text_attribute(attribute) != checksum;
  };
  if (differs("genes_checksum", expected.genes)) refuse(file, "belongs to a training on other genes");
  if (differs("profiles_checksum", expected.profiles)) refuse(file, "belongs to a training on other data");
}

void require_same_settings(const hdf5::File& file, const TrainingRecord& record,
                           const CheckpointNotes& expected) {
  const hdf5::Location training = file.group("training");
  const auto require = [&](const std::string& what, const std::string& then, const std::string& now) {
    if (then != now)
      refuse(file, fmt::format("belongs to another training: {} was {} and is {} now", what, then, now));
  };
  if (const auto changed = changed_setting(record, expected.record, !expected.validates_as_planned))
    require(changed->what, changed->then, changed->now);
  require("the number of hidden units", fmt::to_string(training.integer_attribute("hidden")),
          fmt::to_string(expected.shape.hidden));
  if (training.text_attribute("split_checksum") != expected.data.split)
    refuse(file, "belongs to a training on other cells");
}

/// The record if it is of no more steps than are asked for now: its curves are not longer, whatever the file
/// says.
TrainingRecord read_record(const hdf5::File& file, const CheckpointNotes& expected) {
  const hdf5::Location training = file.group("training");
  const std::int64_t asked = training.integer_attribute("steps_asked");
  const std::int64_t made = training.integer_attribute("steps");
  if (asked > expected.steps_asked)
    refuse(file, fmt::format("belongs to a training with more steps: {} was {} and is {} now",
                             parameter("steps"), asked, expected.steps_asked));
  if (made < 0 || made > asked || training.dataset("training_losses").shape() != hdf5::Shape{made} ||
      training.dataset("validation_losses").size() > made)
    throw InputError(
        fmt::format("{}: does not have the losses of the steps it states: it is corrupt", file.path()));
  TrainingRecord record = read_training_record(training);
  if (training.has_attribute("state_checksum") &&  // not in files of earlier versions
      training.unsigned_attribute("state_checksum") != checksum_of_attributes(record, asked))
    throw InputError(
        fmt::format("{}: the checksum of its attributes does not match: it is corrupt", training.place()));
  if (asked != expected.steps_asked && record.schedule != name_of(Schedule::constant))
    refuse(file, fmt::format("with {} a training keeps its {}: they were {} and are {} now",
                             parameter("schedule", record.schedule), parameter("steps"), asked,
                             expected.steps_asked));
  if (record.validation_losses.empty() && record.validation_cells > 0 && made > 0)
    throw InputError(fmt::format("{}: has no validation losses: it is corrupt", file.path()));
  return record;
}

void require_shapes(const hdf5::File& file, const CheckpointNotes& expected) {
  const auto require = [](const hdf5::Location& group, const char* name, const hdf5::Shape& shape) {
    const hdf5::Dataset dataset = group.dataset(name);
    if (dataset.shape() != shape || dataset.content() != hdf5::Content::numbers)
      throw InputError(fmt::format("{}: is not of the shape that the settings give", dataset.place()));
  };
  for (const StoredSet& set : sets_of(expected.keeps())) {
    const hdf5::Location group = file.group(set.name);
    for (const auto& [name, sums, part] : every_part) {
      require(group, name, shape_of(part, expected.shape));
      require(group, sums, {expected.shape.hidden});
    }
    require(group, "b2", {expected.shape.genes});
    group.dataset("b2").require_intact();
  }
}

}  // namespace

fs::path member_checkpoint(const fs::path& file, std::int64_t member) {
  return file.empty() || member == 0 ? file : fs::path(fmt::format("{}.member{}", file.string(), member));
}

double checkpoint_bytes(MappingShape shape, std::int64_t steps, bool keeps) {
  const auto sets = static_cast<double>(sets_of(keeps).size());
  constexpr double bytes_of_notes = 65536;
  return sets * (4.0 * static_cast<double>(shape.parameters()) + 24.0 * static_cast<double>(shape.hidden) +
                 2.0 * alignment) +
         8.0 * static_cast<double>(steps) + bytes_of_notes;
}

std::vector<hdf5::BlockSums> checkpoint_sums(const hdf5::File& file) {
  std::vector<hdf5::BlockSums> all;
  for (const StoredSet& set : every_set) {
    if (!file.has_group(set.name)) continue;
    const hdf5::Location group = file.group(set.name);
    for (const auto& [name, sums, part] : every_part) {
      if (!group.has_dataset(sums)) continue;
      all.push_back({fmt::format("{}/{}", set.name, name), fmt::format("{}/{}", set.name, sums),
                     hdf5::even_blocks(group.dataset(sums).size(), 1), "row"});
    }
  }
  return all;
}

DataChecksums data_checksums(const RelativeProfiles& profiles, const Split& split) {
  Checksum genes;
  for (const std::string& name : profiles.gene_names()) genes.add(name);
  Checksum cells;
  cells.add(std::span<const std::int64_t>(split.training));
  cells.add(std::span<const std::int64_t>(split.validation));
  return {profiles.checksum(), genes.text(), cells.text()};
}

void write_checkpoint(const fs::path& path, const Provenance& provenance, const CheckpointNotes& notes,
                      const HiddenUnits& units, RankShare own, const OutputBias& bias,
                      const Communicator& ranks) {
  AtRoot<OutputFile> output = on_root(ranks, [&] { return OutputFile::within_job(path); });
  const std::string partial =
      ranks.broadcast(output.transform([](const OutputFile& file) { return file.partial_path().string(); }));
  on_root(ranks, [&] {
    require_disk_space(partial, checkpoint_bytes(notes.shape, notes.record.steps, notes.keeps()),
                       "checkpoints");
    create_file(partial, provenance, notes, bias);
  });
  hdf5::File file = open_on_all_ranks(partial, ranks);
  on_every_rank(ranks, [&] { write_units(file, notes.keeps(), units, own); });
  // What other nodes wrote must be on the disk, too, before the file gets its name.
  flush_on_all_ranks(file, ranks);
  close_on_all_ranks(file, ranks);
  on_root(ranks, [&] { output->commit(); });
}

TrainingRecord read_checkpoint(const fs::path& path, const CheckpointNotes& expected, HiddenUnits& units,
                               OutputBias& bias, const Communicator& ranks) {
  on_root(ranks, [&] {
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    hdf5::read_header(file, checkpoint_kind);
    require_same_data(file, expected.data);
    require_same_settings(file, read_record(file, expected), expected);
    require_shapes(file, expected);
    for (const char* curve : {"training_losses", "validation_losses"})
      file.group("training").dataset(curve).require_intact();
  });
  TrainingRecord record;
  on_every_rank(ranks, [&] {
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    record = read_record(file, expected);
    read_units(file, expected.keeps(), units);
    for (const StoredSet& set : sets_of(expected.keeps()))
      file.group(set.name).dataset("b2").read(0, bias.of(set.set));
  });
  return record;
}

}  // namespace dko
