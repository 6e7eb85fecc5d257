#include "setup.hpp"

#include "dko/parallel/collective.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/workflow/training_run.hpp"
#include "dko/workflow/visibility_notes.hpp"

namespace dko::app {

template <class Data>
Setup<Data> set_up(const std::string& out, const CommonOptions& common, Job& job,
                   const std::function<void(Preparation<Data>& ready)>& prepare) {
  const Communicator& ranks = job.ranks();
  AtRoot<Preparation<Data>> ready = on_root(ranks, [&] {
    if (!common.json.empty()) OutputFile::require_free(common.json, common.force, common.resume);
    Preparation<Data> made{{OutputFile(out, common.force, common.resume), JsonReport(common)}};
    prepare(made);
    return made;
  });
  AtRoot<std::vector<MemoryNeed>> needs = ready.take(&Preparation<Data>::needs);
  auto memory = at_root(ranks, std::vector<NodeMemory>());
  const auto phases = ranks.broadcast(needs.transform([](const auto& all) { return std::ssize(all); }));
  for (std::int64_t phase = 0; phase < phases; ++phase) {
    AtRoot<NodeMemory> has = require_on_every_node(take(needs, phase), job);
    if (has.is_here()) memory->push_back(std::move(*has));
  }
  return {ready.take(&Preparation<Data>::out),
          ready.take(&Preparation<Data>::summary),
          ready.take(&Preparation<Data>::checkpoints),
          ready.take(&Preparation<Data>::split),
          ready.take(&Preparation<Data>::visibility),
          ready.take(&Preparation<Data>::plan),
          std::move(memory),
          Data::replicate(job.nodes, ready.take(&Preparation<Data>::data))};
}

template Setup<ExpressionMatrix> set_up(const std::string&, const CommonOptions&, Job&,
                                        const std::function<void(Preparation<ExpressionMatrix>&)>&);
template Setup<RelativeProfiles> set_up(const std::string&, const CommonOptions&, Job&,
                                        const std::function<void(Preparation<RelativeProfiles>&)>&);

void set_up_training(Plans& ready, const ExpressionMatrix& matrix, Split split, const ModelOptions& options,
                     Job& job) {
  check_training(split, options);
  ready.needs.push_back(training_memory(matrix, split, options, job.ranks().size()));
  ready.visibility = find_visibility(matrix, split, job.log);
  ready.split = std::move(split);
}

void set_up_screen(Plans& ready, const ExpressionMatrix& matrix, const ScreenRequest& options,
                   const ModelFootprint& model, std::int64_t steps, Job& job) {
  ready.plan = make_plan(matrix, options, static_cast<std::int64_t>(model.members), ready.out, job);
  check_screen(matrix, ready.plan, ready.out, model.kind, steps, job.ranks().size());
  // A plan is there already when a training starts.
  for (MemoryNeed& training : ready.needs) add_plan(training, matrix, ready.plan);
  ready.needs.push_back(screen_memory(matrix, ready.plan, model));
}

}  // namespace dko::app
