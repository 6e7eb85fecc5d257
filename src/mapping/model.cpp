#include "dko/mapping/model.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dko/base/checksum.hpp"
#include "dko/mapping/batch_network.hpp"

namespace dko {

namespace {

std::vector<float> profiles_by(const TrainedMapping& member, const RelativeProfiles& profiles,
                               std::span<const std::int64_t> cells) {
  return BatchNetwork(member.mapping.shape()).predict(member.mapping, profiles, cells);
}

std::vector<float> profiles_by(const FittedMapping& member, const RelativeProfiles& profiles,
                               std::span<const std::int64_t> cells) {
  const auto genes = static_cast<std::size_t>(profiles.genes());
  std::vector<float> predicted(cells.size() * genes, 0.0F);
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto expressed = profiles.expressed(cells[row]);
    IntactCell cell = intact_cell(profiles, cells[row]);
    cell.shares = {};  // they are what is to be predicted
    const std::vector<double> profile = member.mapping.profile(cell);
    for (std::size_t at = 0; at < expressed.size(); ++at)
      predicted[row * genes + static_cast<std::size_t>(expressed[at])] = static_cast<float>(profile[at]);
  }
  return predicted;
}

}  // namespace

std::string checksum_of(const Model& model) {
  const auto of_member = [&](const Member& member) {
    return std::visit([&](const auto& made) { return made.mapping.checksum(model.genes); }, member);
  };
  if (model.members.size() == 1 && model.covariates.empty()) return of_member(model.members.front());
  Checksum sum;
  for (const Member& member : model.members) sum.add(of_member(member));
  for (const Covariate& covariate : model.covariates) {
    sum.add(covariate.title);
    for (const std::string& category : covariate.categories) sum.add(category);
    sum.add(std::span<const double>(std::array{covariate.mean, covariate.sd}));
  }
  return sum.text();
}

bool Model::has_share_variances() const {
  return std::all_of(members.begin(), members.end(), [](const Member& member) {
    return std::visit([](const auto& made) { return !made.share_variances.empty(); }, member);
  });
}

void note_levels(Model& model) {
  for (const Member& member : model.members) {
    const auto* fitted = std::get_if<FittedMapping>(&member);
    if (fitted == nullptr || !fitted->mapping.has_levels()) continue;
    const SparseMapping& mapping = fitted->mapping;
    for (std::size_t gene = 0; gene < model.visibility.size(); ++gene) {
      if (mapping.level_scale()[gene] > 0 &&
          !mapping.loss_column(static_cast<std::int64_t>(gene)).genes.empty())
        model.visibility[gene].by_level = true;
    }
  }
}

std::vector<MemberRecord> records_of(const Model& model) {
  std::vector<MemberRecord> records;
  for (const Member& member : model.members)
    std::visit([&](const auto& made) { records.emplace_back(made.record); }, member);
  return records;
}

std::vector<CollapsedMapping> collapse(const Model& model) {
  std::vector<CollapsedMapping> collapsed;
  for (const Member& member : model.members) {
    std::visit(
        [&](const auto& made) {
          collapsed.emplace_back(made.mapping);
          collapsed.back().set_share_variances(NodeArray(made.share_variances));
        },
        member);
  }
  return collapsed;
}

std::vector<float> predict_profiles(const Member& member, const RelativeProfiles& profiles,
                                    std::span<const std::int64_t> cells) {
  return std::visit([&](const auto& made) { return profiles_by(made, profiles, cells); }, member);
}

std::vector<float> predict_profiles(const Model& model, const RelativeProfiles& profiles,
                                    std::span<const std::int64_t> cells) {
  std::vector<float> predicted = predict_profiles(model.members.front(), profiles, cells);
  if (model.members.size() == 1) return predicted;
  std::vector<double> sums(predicted.begin(), predicted.end());
  for (auto member = model.members.begin() + 1; member != model.members.end(); ++member) {
    const std::vector<float> of_member = predict_profiles(*member, profiles, cells);
    for (std::size_t at = 0; at < sums.size(); ++at) sums[at] += static_cast<double>(of_member[at]);
  }
  for (std::size_t at = 0; at < sums.size(); ++at)
    predicted[at] = static_cast<float>(sums[at] / static_cast<double>(model.members.size()));
  return predicted;
}

namespace {

/// On rank 0 the values of rank `from`; elsewhere they stay.
template <class T, std::size_t count>
void take(const Communicator& communicator, const std::array<T*, count>& values, int from) {
  std::array<T, count> own{};
  for (std::size_t at = 0; at < count; ++at) own[at] = *values[at];
  const AtRoot<std::vector<T>> taken = communicator.to_root(std::span<const T>(own), from);
  if (!taken.is_here()) return;
  for (std::size_t at = 0; at < taken->size(); ++at) *values[at] = (*taken)[at];
}

/// The same of a text or a curve; elsewhere it is empty.
template <class Sequence>
void take(const Communicator& communicator, Sequence& values, int from) {
  const auto taken =
      communicator.to_root(std::span<const typename Sequence::value_type>(values), from).or_empty();
  values.assign(taken.begin(), taken.end());
}

void take(const Communicator& communicator, TrainingRecord& record, int from) {
  take(communicator, std::array{&record.seed}, from);
  take(communicator,
       std::array{&record.steps, &record.steps_asked, &record.batch, &record.patience, &record.validate_every,
                  &record.training_cells, &record.validation_cells, &record.best_step},
       from);
  take(communicator, std::array{&record.learning_rate, &record.weight_decay, &record.best_validation_loss},
       from);
  take(communicator, record.schedule, from);
  take(communicator, record.parallel, from);
  take(communicator, record.training_losses, from);
  take(communicator, record.validation_losses, from);
}

void take(const Communicator& communicator, SparseRecord& record, int from) {
  take(communicator, std::array{&record.seed}, from);
  take(communicator, std::array{&record.cells, &record.factors, &record.effects}, from);
  auto levels = static_cast<std::int64_t>(record.levels);
  take(communicator, std::array{&levels}, from);
  record.levels = levels != 0;
  take(communicator, std::array{&record.cross_validated_distance, &record.fdr}, from);
  take(communicator, record.penalties, from);
  take(communicator, record.prior, from);
  take(communicator, std::array{&record.prior_pairs, &record.prior_signs}, from);
  take(communicator, std::array{&record.prior_factor}, from);
}

void take_q_values(const Communicator&, TrainedMapping&, int) {}

void take_q_values(const Communicator& communicator, FittedMapping& member, int from) {
  take(communicator, member.q_values.effects, from);
  take(communicator, member.q_values.genes, from);
  auto draws = std::ssize(member.q_values.decoys);
  communicator.broadcast(draws, from);
  member.q_values.decoys.resize(static_cast<std::size_t>(draws));
  for (DecoyEffects& decoys : member.q_values.decoys) {
    take(communicator, decoys.starts, from);
    take(communicator, decoys.rows, from);
    take(communicator, decoys.effects, from);
  }
}

Mapping mapping_to_root(const Communicator& communicator, const Mapping& mapping, int from) {
  MappingShape shape = mapping.shape();
  take(communicator, std::array{&shape.genes, &shape.hidden}, from);
  AtRoot<std::vector<float>> parameters = communicator.to_root(mapping.parameters(), from);
  return parameters.is_here() ? Mapping(shape, std::move(*parameters)) : Mapping();
}

SparseMapping mapping_to_root(const Communicator& communicator, const SparseMapping& mapping, int from) {
  return SparseMapping::to_root(communicator, mapping, from);
}

}  // namespace

AtRoot<Member> to_root(const Communicator& communicator, Member member, int from) {
  if (from == 0) return at_root(communicator, std::move(member));
  // All must make the same calls, whatever they pass.
  bool is_sparse = std::holds_alternative<FittedMapping>(member);
  communicator.broadcast(is_sparse, from);
  if (communicator.rank() != from) member = is_sparse ? Member(FittedMapping{}) : Member(TrainedMapping{});
  std::visit(
      [&](auto& made) {
        take(communicator, made.record, from);
        made.mapping = mapping_to_root(communicator, made.mapping, from);
        take_q_values(communicator, made, from);
      },
      member);
  return at_root(communicator, std::move(member));
}

}  // namespace dko
