#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "compressed_matrix.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/hdf5/file.hpp"
#include "features.hpp"
#include "format.hpp"

namespace dko {

namespace {

constexpr auto version3 = "matrix";

bool is_version3(const hdf5::Location& file) {
  return file.has_group(version3) && file.group(version3).has_group("features");
}

/// The groups of a version 2 file: one per genome.
Names genomes_of(const hdf5::Location& file) {
  Names genomes;
  for (const std::string& child : file.children()) {
    if (!file.has_group(child)) continue;
    const hdf5::Location group = file.group(child);
    if (group.has_dataset("barcodes") && group.has_dataset("genes") && group.has_dataset("gene_names"))
      genomes.push_back(child);
  }
  return genomes;
}

/// The only genome, or the one that was asked for.
std::string chosen_genome(const Names& genomes, const std::string& wanted, const std::string& path) {
  const std::string list = fmt::format("{}", fmt::join(genomes, ", "));
  if (wanted.empty()) {
    if (genomes.size() == 1) return genomes.front();
    throw InputError(
        fmt::format("{}: has several genomes, {}; choose one with {}", path, list, parameter("genome")));
  }
  if (std::find(genomes.begin(), genomes.end(), wanted) != genomes.end()) return wanted;
  throw InputError(fmt::format("{}: has no genome {}; it has {}", path, wanted, list));
}

/// Both versions hold genes × cells by columns, so that the runs are cells.
ExpressionMatrix read_group(const hdf5::Location& group, Features features, const std::string& genome,
                            const MemoryLimit& limit, const std::filesystem::path& path, Log& log) {
  const Names cells = group.read_strings("barcodes");
  const hdf5::Dataset shape = group.dataset("shape");
  const std::vector<double> extent = shape.numbers();
  if (extent !=
      std::vector<double>{static_cast<double>(features.names.size()), static_cast<double>(cells.size())})
    throw InputError(fmt::format("{}: is not that of its features and barcodes, {} × {}", shape.place(),
                                 features.names.size(), cells.size()));
  const FeatureChoice choice = choose_genes(features, genome, path, log);
  const EntryCheck check{cells, features.names, group.place(), {}};
  MatrixBuilder builder;
  read_compressed({group, true, choice.places}, check, limit, builder);
  return with_unique_names(std::move(builder).finish(choice.names, cells), choice.ids, path, log);
}

}  // namespace

bool accepts_tenx(const Source& source) {
  if (!source.is_hdf5) return false;
  const hdf5::File file = hdf5::File::open(source.path, hdf5::Access::read);
  return is_version3(file) || !genomes_of(file).empty();
}

ExpressionMatrix read_tenx(const std::filesystem::path& path, const ReadOptions& options, Log& log) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const MemoryLimit limit(options.memory, path);
  if (is_version3(file)) {
    const hdf5::Location group = file.group(version3);
    const hdf5::Location of = group.group("features");
    Features features{of.read_strings("name"), of.read_strings("id"), {}, {}, of.place()};
    if (of.has_dataset("feature_type")) features.types = of.read_strings("feature_type");
    if (of.has_dataset("genome")) features.genomes = of.read_strings("genome");
    return read_group(group, std::move(features), options.genome, limit, path, log);
  }
  const hdf5::Location group = file.group(chosen_genome(genomes_of(file), options.genome, path.string()));
  return read_group(group, {group.read_strings("gene_names"), group.read_strings("genes"), {}, {}, {}}, {},
                    limit, path, log);
}

}  // namespace dko
