#include "support/old_state.hpp"

#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/hdf5/header.hpp"

namespace dko::testing {

void write_old_state(const std::filesystem::path& partial, const std::string& job,
                     const SelectionState& state, ScoreSet scores, int rank) {
  hdf5::File file = hdf5::File::create(partial.string() + ".state-rank" + std::to_string(rank));
  hdf5::write_header(file, {"dko screen state", 1}, {});
  file.set("screen_file", job);
  std::vector<std::int64_t> bounds;
  for (const EventRange& range : state.done) bounds.insert(bounds.end(), {range.first, range.last});
  file.write("done", std::span<const std::int64_t>(bounds));
  std::vector<std::int64_t> numbers;
  std::vector<float> values;
  for (const KeptPair& pair : state.pairs) {
    numbers.push_back(pair.number);
    values.push_back(pair.value);
  }
  file.write("pairs", std::span<const std::int64_t>(numbers));
  file.write("values", std::span<const float>(values));
  for (const auto& [score, name] :
       {std::pair(Score::impact, "impact"), std::pair(Score::network, "network")}) {
    if (!scores.has(score)) continue;
    values.clear();
    for (const KeptPair& pair : state.pairs) values.push_back(pair.scores[score]);
    file.write(name, std::span<const float>(values));
  }
  file.close();
}

}  // namespace dko::testing
