#include "setup.hpp"

#include "dko/parallel/collective.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/workflow/training_run.hpp"

namespace dko::app {

Setup set_up(const std::string& out, const CommonOptions& common, Job& job,
             const std::function<void(Setup& setup)>& prepare) {
  Setup setup;
  on_root(job.ranks(), [&] {
    if (!common.json.empty()) OutputFile::require_free(common.json, common.force, common.resume);
    setup.out.emplace(out, common.force, common.resume);
    setup.summary.emplace(common);
    prepare(setup);
  });
  auto phases = std::ssize(setup.needs);
  job.ranks().broadcast(phases);
  setup.needs.resize(static_cast<std::size_t>(phases));
  for (const MemoryNeed& need : setup.needs) setup.memory.push_back(require_on_every_node(need, job));
  setup.data = ExpressionMatrix::replicate(job.nodes, std::move(setup.data));
  return setup;
}

void set_up_training(Setup& setup, const ExpressionMatrix& matrix, Split split, const ModelOptions& options,
                     const Job& job) {
  check_training(split, options);
  setup.needs.push_back(training_memory(matrix, split, options, job.ranks().size()));
  setup.split = std::move(split);
}

void set_up_screen(Setup& setup, const ExpressionMatrix& matrix, const ScreenRequest& options,
                   const ModelFootprint& model, std::int64_t steps, Job& job) {
  setup.plan = make_plan(matrix, options, static_cast<std::int64_t>(model.members), *setup.out, job);
  check_screen(matrix, setup.plan, *setup.out, model.kind, steps, job.ranks().size());
  // A plan is there already when a training starts.
  for (MemoryNeed& training : setup.needs) add_plan(training, matrix, setup.plan);
  setup.needs.push_back(screen_memory(matrix, setup.plan, model));
}

}  // namespace dko::app
