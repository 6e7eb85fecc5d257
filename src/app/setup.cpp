#include "setup.hpp"

#include "dko/parallel/collective.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/workflow/training_run.hpp"
#include "dko/workflow/visibility_notes.hpp"

namespace dko::app {

Setup set_up(const std::string& out, const CommonOptions& common, Job& job,
             const std::function<void(Preparation& ready)>& prepare) {
  const Communicator& ranks = job.ranks();
  AtRoot<Preparation> ready = on_root(ranks, [&] {
    if (!common.json.empty()) OutputFile::require_free(common.json, common.force, common.resume);
    Preparation made{OutputFile(out, common.force, common.resume), JsonReport(common)};
    prepare(made);
    return made;
  });
  AtRoot<std::vector<MemoryNeed>> needs = ready.take(&Preparation::needs);
  auto memory = at_root(ranks, std::vector<NodeMemory>());
  const auto phases = ranks.broadcast(needs.transform([](const auto& all) { return std::ssize(all); }));
  for (std::int64_t phase = 0; phase < phases; ++phase) {
    AtRoot<NodeMemory> has = require_on_every_node(take(needs, phase), job);
    if (has.is_here()) memory->push_back(std::move(*has));
  }
  on_root(ranks, [&] { ready->out.give_up_older(); });
  return {ready.take(&Preparation::out),
          ready.take(&Preparation::summary),
          ready.take(&Preparation::checkpoints),
          ready.take(&Preparation::split),
          ready.take(&Preparation::prior),
          ready.take(&Preparation::visibility),
          ready.take(&Preparation::plan),
          std::move(memory),
          RelativeProfiles::replicate(job.nodes, ready.take(&Preparation::data))};
}

std::string saved_before_scoring(const Setup& setup, const std::string& otherwise, const Job& job) {
  return job.ranks().broadcast(setup.out.transform([&](const OutputFile& out) {
    return out.is_resumed() ? out.partial_path().string() + ": what was scored is kept" : otherwise;
  }));
}

void set_up_training(Preparation& ready, const ExpressionMatrix& matrix, Split split,
                     const ModelOptions& options, Job& job) {
  check_training(split, options);
  ready.needs.push_back(training_memory(matrix, split, options, job.ranks().size(), job.nodes.node.size()));
  ready.visibility = find_visibility(matrix, split, job.log);
  if (!options.prior.file.empty()) {
    ready.prior = read_network_prior(options.prior.file, matrix, job.log);
    ready.prior.holds_signs = options.prior.holds_signs;
    job.provenance.prior = ready.prior.checksum + (ready.prior.holds_signs ? ", with its signs" : "");
  }
  ready.split = std::move(split);
}

void set_up_screen(Preparation& ready, const ExpressionMatrix& matrix, const ScreenRequest& options,
                   const ModelFootprint& model, std::int64_t steps, double others, Job& job) {
  ready.plan = make_plan(matrix, options, static_cast<std::int64_t>(model.members), ready.out, job);
  check_screen(matrix, ready.plan, ready.out, model.kind, steps, job.ranks().size(), others, job.log);
  // A plan is there already when a training starts.
  for (MemoryNeed& training : ready.needs) add_plan(training, matrix, ready.plan);
  ready.needs.push_back(screen_memory(matrix, ready.plan, model, job.ranks().size()));
}

}  // namespace dko::app
