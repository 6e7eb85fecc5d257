#include "cell_options.hpp"

#include "dko/base/error.hpp"

namespace dko::app {

void add_cell_options(CommandLine& line, InputOptions& input, const ScreenRequest& screen) {
  line.option(
      "knockout-where", input.knockout_where, "COLUMN=VALUE",
      "knock out only in cells of which a column says so, or that express a gene so (gene:NAME>2), as "
      "--where has it; unlike with --where, the mapping is trained on all; may be given again");
  line.option("obs", input.obs->names, "COLUMN,...",
              "columns of the cells that the screen keeps, for dko summarize --group-by and exports, numbers "
              "too; 'gene:NAME>2' keeps which cells express a gene so (no or yes); none: no column. Default: "
              "all of text or categories that group cells")
      .usual();
  line.check([&](const CommandLine&) {
    if (!screen.events.empty() && !screen.order_given && !input.knockout_where.empty())
      throw UsageError("--knockout-where restricts --order 1 and 2, not --events: restrict the list itself");
  });
}

}  // namespace dko::app
