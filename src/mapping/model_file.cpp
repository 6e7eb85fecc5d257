#include "dko/mapping/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/mapping/covariates_file.hpp"
#include "dko/mapping/decoys_file.hpp"
#include "dko/mapping/model_outline.hpp"
#include "dko/mapping/q_values_file.hpp"
#include "dko/mapping/training_advice.hpp"
#include "dko/mapping/training_record_file.hpp"
#include "dko/mapping/visibility_file.hpp"

namespace dko {

namespace {

constexpr hdf5::FileKind model_kind{"dko model", 1};

// Limits for a sparse mapping: with values in between, the shares and scores of any cell are finite.
constexpr double least_floor = 1e-60;
constexpr double largest_value = 1e60;

constexpr auto members_attribute = "members";

constexpr auto variances_name = "share_variance";
constexpr auto level_scale_name = "level_scale";
constexpr auto passed_name = "passed";
constexpr auto level_mean_name = "level_mean";
constexpr auto level_certainty_name = "level_certainty";
constexpr auto covariate_responses_name = "covariate_responses";

void write_variances(hdf5::Location& mapping, const std::vector<double>& variances) {
  if (!variances.empty()) mapping.write<double>(variances_name, variances);
}

/// Empty from a file that does not have them.
std::vector<double> read_variances(const hdf5::Location& mapping, std::int64_t genes) {
  if (!mapping.has(variances_name)) return {};
  std::vector<double> variances = mapping.read<double>(variances_name);
  const bool are_sound = std::ssize(variances) == genes &&
                         std::all_of(variances.begin(), variances.end(),
                                     [](double variance) { return variance >= 0 && variance <= 1; });
  if (!are_sound)
    throw InputError(fmt::format("{}/{}: is not one variance of a share, from 0 to 1, for each of {} genes",
                                 mapping.place(), variances_name, genes));
  return variances;
}

std::string member_group(std::size_t member) {
  return fmt::format("member{}", member);
}

void read_part(const hdf5::Location& group, const char* name, std::span<float> into) {
  const hdf5::Dataset part = group.dataset(name);
  if (part.size() != std::ssize(into)) {
    throw InputError(
        fmt::format("{}/{}: has {} values, expected {}", group.place(), name, part.size(), into.size()));
  }
  part.read(0, into);
}

/// @throws InputError that names the array and the place in it of the first value that is not finite
void require_finite(const hdf5::Location& group, const char* name, std::span<const float> values,
                    std::int64_t columns) {
  const auto bad = std::find_if_not(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
  if (bad == values.end()) return;
  const std::int64_t at = bad - values.begin();
  const std::string place = columns > 1 ? fmt::format("row {}, column {}", at / columns, at % columns)
                                        : fmt::format("place {}", at);
  throw InputError(
      fmt::format("{}/{}: {} holds {}, which is not a valid parameter", group.place(), name, place, *bad));
}

/// Whether weights of the original's mapping are read.
enum class Weights { read, left_out };

Mapping read_dense(const hdf5::Location& group, std::int64_t genes, Weights weights_are) {
  const hdf5::Shape w1 = group.dataset("W1t").shape();
  if (w1.size() != 2 || w1[0] != genes) {
    throw InputError(fmt::format("{}/W1t: does not have {} genes", group.place(), genes));
  }
  if (weights_are == Weights::left_out) return {MappingShape{genes, w1[1]}, {}};
  Mapping mapping(MappingShape{genes, w1[1]});
  const auto weights = static_cast<std::size_t>(genes * w1[1]);
  const auto hidden = static_cast<std::size_t>(w1[1]);
  const std::span<float> all = mapping.parameters();
  read_part(group, "W1t", all.first(weights));
  read_part(group, "b1", all.subspan(weights, hidden));
  read_part(group, "W2", all.subspan(weights + hidden, weights));
  read_part(group, "b2", all.last(static_cast<std::size_t>(genes)));
  const MappingWeights parts = mapping.view();
  require_finite(group, "W1t", parts.w1(), w1[1]);
  require_finite(group, "b1", parts.b1(), 1);
  require_finite(group, "W2", parts.w2(), w1[1]);
  require_finite(group, "b2", parts.b2(), 1);
  return mapping;
}

void write_member(hdf5::Location& group, const TrainedMapping& member) {
  const MappingShape& shape = member.mapping.shape();
  hdf5::Location mapping = group.create_group("mapping");
  mapping.set("kind", name_of(MappingKind::dko));
  mapping.write("W1t", member.mapping.w1(), {shape.genes, shape.hidden});
  mapping.write("b1", member.mapping.b1());
  mapping.write("W2", member.mapping.w2(), {shape.genes, shape.hidden});
  mapping.write("b2", member.mapping.b2());
  write_variances(mapping, member.share_variances);
  hdf5::Location training = group.create_group("training");
  write_settings(training, member.record);
  write_outcome(training, member.record);
}

std::vector<std::int32_t> narrowed(std::span<const std::int64_t> values) {
  std::vector<std::int32_t> narrow;
  for (const std::int64_t value : values) narrow.push_back(static_cast<std::int32_t>(value));
  return narrow;
}

void write_member(hdf5::Location& group, const FittedMapping& member) {
  const SparseMapping& sparse = member.mapping;
  hdf5::Location mapping = group.create_group("mapping");
  mapping.set("kind", name_of(MappingKind::sparse));
  hdf5::Location a = mapping.create_group("A");
  a.write("data", sparse.effects());
  a.write("indices", sparse.rows());
  // SciPy slices only where both arrays of indices are of one type.
  if (sparse.effects_count() <= std::numeric_limits<std::int32_t>::max())
    a.write("indptr", std::span<const std::int32_t>(narrowed(sparse.starts())));
  else
    a.write("indptr", sparse.starts());
  a.set_encoding("", "csc_matrix", "0.1.0");
  a.set("shape", std::vector<std::int64_t>{sparse.genes(), sparse.genes()});
  mapping.write("offset", sparse.offset());
  mapping.write("floor", sparse.floor());
  mapping.write("loadings", sparse.loadings(), {sparse.genes(), sparse.factors()});
  mapping.write("responses", sparse.responses(), {sparse.genes(), sparse.factors()});
  if (sparse.covariates() > 0)
    mapping.write(covariate_responses_name, sparse.covariate_responses(),
                  {sparse.genes(), sparse.covariates()});
  if (sparse.has_levels()) {
    mapping.write(level_scale_name, sparse.level_scale());
    mapping.write(level_mean_name, sparse.level_mean());
    mapping.set(level_certainty_name, sparse.level_certainty());
    hdf5::Location passed = mapping.create_group(passed_name);
    passed.write("indptr", sparse.passed_starts());
    passed.write("indices", sparse.passed_rows());
    passed.write("data", sparse.passed_effects());
  }
  write_variances(mapping, member.share_variances);
  write_q_values(mapping, member.q_values);
  write_decoys(mapping, member.q_values.decoys, sparse.genes());
  hdf5::Location fit = group.create_group("fit");
  write_settings(fit, member.record);
  write_outcome(fit, member.record);
}

/// @throws InputError unless the arrays are the columns of a sparse matrix of `genes` genes.
void require_columns(const hdf5::Location& group, const char* name, const std::vector<std::int64_t>& starts,
                     const std::vector<std::int32_t>& rows, const std::vector<double>& values,
                     std::int64_t genes) {
  const auto require = [&](bool is_sound, const char* what) {
    if (!is_sound) throw InputError(fmt::format("{}: {} {}", group.place(), name, what));
  };
  const auto n = static_cast<std::size_t>(genes);
  require(starts.size() == n + 1 && starts.front() == 0 && starts.back() == std::ssize(rows) &&
              std::is_sorted(starts.begin(), starts.end()) && values.size() == rows.size(),
          "is no sparse matrix");
  for (std::size_t column = 0; column < n; ++column) {
    const auto first = rows.begin() + starts[column];
    const auto last = rows.begin() + starts[column + 1];
    require(std::adjacent_find(first, last, std::greater_equal<>()) == last &&
                (first == last || (*first >= 0 && *(last - 1) < static_cast<std::int32_t>(genes))),
            "has rows out of order, or of genes that are not there");
  }
}

/// @throws InputError unless the arrays are those of a mapping of `genes` genes and `covariates` numbers.
void require_sound(const hdf5::Location& group, const SparseMappingParts& parts, std::int64_t genes,
                   std::int64_t covariates) {
  const auto require = [&](bool is_sound, const char* what) {
    if (!is_sound) throw InputError(fmt::format("{}: {}", group.place(), what));
  };
  const auto n = static_cast<std::size_t>(genes);
  require(parts.starts.size() == n + 1 && parts.offset.size() == n && parts.floor.size() == n &&
              parts.loadings.size() == parts.responses.size() && parts.loadings.size() % n == 0,
          "its arrays are not of the genes of the model");
  require(parts.covariate_responses.size() == n * static_cast<std::size_t>(covariates),
          "its responses are not to the covariates of the model");
  require(parts.levels.scale.size() == parts.levels.mean.size() &&
              (!parts.levels.any() || parts.levels.scale.size() == n),
          "its levels are not of the genes of the model");
  require(std::all_of(parts.levels.scale.begin(), parts.levels.scale.end(),
                      [](double scale) { return scale >= 0 && scale <= largest_value; }) &&
              std::all_of(parts.levels.mean.begin(), parts.levels.mean.end(),
                          [](double mean) { return mean >= least_floor && mean <= largest_value; }) &&
              parts.levels.certainty >= 0 && parts.levels.certainty <= 1,
          "its levels are impossible");
  require_columns(group, "A", parts.starts, parts.rows, parts.effects, genes);
  if (parts.levels.any())
    require_columns(group, passed_name, parts.passed_starts, parts.passed_rows, parts.passed_effects, genes);
  require(
      std::all_of(parts.floor.begin(), parts.floor.end(), [](double least) { return least >= least_floor; }),
      "floor is not above 1e-60");
  const auto require_moderate = [&](const char* name, const std::vector<double>& values) {
    const auto bad = std::find_if_not(values.begin(), values.end(), [](double value) {
      return std::abs(value) <= largest_value;  // so that no sum or product of them overflows
    });
    if (bad == values.end()) return;
    throw InputError(fmt::format("{}/{}: value {} is {}: not finite, or beyond ±1e60", group.place(), name,
                                 bad - values.begin(), *bad));
  };
  require_moderate("A/data", parts.effects);
  require_moderate("passed/data", parts.passed_effects);
  require_moderate("offset", parts.offset);
  require_moderate("floor", parts.floor);
  require_moderate("loadings", parts.loadings);
  require_moderate("responses", parts.responses);
  require_moderate(covariate_responses_name, parts.covariate_responses);
}

SparseMapping read_sparse(const hdf5::Location& group, std::int64_t genes, std::int64_t covariates) {
  const hdf5::Location a = group.group("A");
  SparseMappingParts parts;
  parts.starts = a.read<std::int64_t>("indptr");
  parts.rows = a.read<std::int32_t>("indices");
  parts.effects = a.read<double>("data");
  parts.offset = group.read<double>("offset");
  parts.floor = group.read<double>("floor");
  parts.loadings = group.read<double>("loadings");
  parts.responses = group.read<double>("responses");
  if (group.has(covariate_responses_name))
    parts.covariate_responses = group.read<double>(covariate_responses_name);
  if (group.has(level_scale_name)) {
    parts.levels = {group.read<double>(level_scale_name), group.read<double>(level_mean_name),
                    group.real_attribute(level_certainty_name)};
    const hdf5::Location passed = group.group(passed_name);
    parts.passed_starts = passed.read<std::int64_t>("indptr");
    parts.passed_rows = passed.read<std::int32_t>("indices");
    parts.passed_effects = passed.read<double>("data");
  }
  require_sound(group, parts, genes, covariates);
  return SparseMapping(std::move(parts));
}

Member read_member(const hdf5::Location& group, std::int64_t genes, std::int64_t covariates,
                   Weights weights) {
  const hdf5::Location mapping = group.group("mapping");
  const std::string kind = mapping.has_attribute("kind") ? mapping.text_attribute("kind") : "dko";
  if (kind == name_of(MappingKind::dko) && covariates > 0)
    throw InputError(
        fmt::format("{}: is a mapping without covariates, in a model that has such", mapping.place()));
  if (kind == name_of(MappingKind::dko))
    return TrainedMapping{read_dense(mapping, genes, weights), read_training_record(group.group("training")),
                          read_variances(mapping, genes)};
  if (kind != name_of(MappingKind::sparse))
    throw InputError(fmt::format("{}: is a mapping of kind '{}', which this program does not know",
                                 mapping.place(), kind));
  FittedMapping member{read_sparse(mapping, genes, covariates), read_sparse_record(group.group("fit")),
                       read_variances(mapping, genes)};
  member.record.factors = member.mapping.factors();
  member.record.effects = member.mapping.effects_count();
  member.q_values = read_q_values(mapping, member.record.effects, genes);
  if (!member.q_values.empty()) member.q_values.decoys = read_decoys(mapping, genes);
  return member;
}

Model read(const std::filesystem::path& path, Weights weights) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  Model model;
  model.provenance = hdf5::read_header(file, model_kind);
  model.genes = file.group("genes").read_strings("name");
  const std::int64_t count =
      file.has_attribute(members_attribute) ? file.integer_attribute(members_attribute) : 1;
  if (count < 1 || count > most_members)
    throw InputError(fmt::format("{}: states {} members, which is impossible", path.string(), count));
  if (model.genes.size() < 2) throw InputError(fmt::format("{}: has fewer than two genes", path.string()));
  const auto genes = std::ssize(model.genes);
  model.visibility = read_visibility(file, genes);
  model.advice = read_advice(file);
  model.covariates = read_covariates(file);
  const std::int64_t width = covariate_width(model.covariates);
  for (std::int64_t at = 0; at < count; ++at) {
    model.members.push_back(count == 1 ? read_member(file, genes, width, weights)
                                       : read_member(file.group(member_group(static_cast<std::size_t>(at))),
                                                     genes, width, weights));
  }
  for (const Member& member : model.members) {
    if (member.index() != model.members.front().index())
      throw InputError(fmt::format("{}: its members are of different kinds", path.string()));
  }
  if (weights == Weights::left_out && model.kind() == MappingKind::dko) return model;
  if (checksum_of(model) != model.provenance.model_checksum) {
    throw InputError(
        fmt::format("{}: is corrupt: its parameters do not have the checksum it states", path.string()));
  }
  return model;
}

}  // namespace

double model_file_bytes(const MappingShape& shape, std::int64_t steps) {
  constexpr double bytes_of_gene = 64 + sizeof(double);  // name, variance of its share
  return 4.0 * static_cast<double>(shape.parameters()) + 8.0 * static_cast<double>(steps) +
         bytes_of_gene * static_cast<double>(shape.genes) + visibility_bytes(shape.genes) + 65536.0;
}

void write_model(OutputFile& output, const Model& model) {
  hdf5::File file = hdf5::File::create(output.partial_path());
  hdf5::write_header(file, model_kind, model.provenance);
  file.create_group("genes").write_strings("name", model.genes);
  write_visibility(file, model.visibility);
  write_advice(file, model.advice);
  write_covariates(file, model.covariates);
  const auto write_to = [](hdf5::Location& group, const Member& member) {
    std::visit([&](const auto& made) { write_member(group, made); }, member);
  };
  if (model.members.size() == 1) {
    write_to(file, model.members.front());
  } else {
    file.set(members_attribute, std::ssize(model.members));
    for (std::size_t at = 0; at < model.members.size(); ++at) {
      hdf5::Location group = file.create_group(member_group(at));
      write_to(group, model.members[at]);
    }
  }
  file.close();
  output.commit();
}

Model read_model(const std::filesystem::path& path) {
  return read(path, Weights::read);
}

Model read_model_without_weights(const std::filesystem::path& path) {
  return read(path, Weights::left_out);
}

Provenance read_model_provenance(const std::filesystem::path& path) {
  return hdf5::read_header(hdf5::File::open(path, hdf5::Access::read), model_kind);
}

}  // namespace dko
