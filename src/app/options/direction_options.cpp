#include "direction_options.hpp"

#include "dko/base/error.hpp"

namespace dko::app {

void add_direction_options(CommandLine& line, DirectionRequest& request) {
  line.group("From cells A toward cells B");
  line.option("from", request.from, "COLUMN=VALUE",
              "the cells A to be moved, by a condition as --where takes it, such as gene:H2-Aa<1; only these "
              "are looked at")
      .usual();
  line.option(
          "toward", request.toward, "COLUMN=VALUE",
          "the cells B: scores how far each knockout moves each cell of A toward their mean profile (shift, "
          "approach)")
      .usual();
  line.option(
          "toward-profile", request.toward_profile, "FILE",
          "the same toward a profile: a table with two columns, gene and value, of all genes that are used")
      .reads()
      .excludes("toward");
}

void require_whole(const DirectionRequest& request) {
  const bool has_goal = !(request.toward.empty() && request.toward_profile.empty());
  if (request.is_given() == has_goal) return;
  throw UsageError(has_goal ? "--toward is of the cells of --from: give both"
                            : "--from needs --toward or --toward-profile");
}

}  // namespace dko::app
