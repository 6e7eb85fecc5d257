#include "testing.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"

namespace dko::testing {

namespace {

Communicator& stored_world() {
  static Communicator communicator = Communicator::one_rank();
  return communicator;
}

std::string new_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dko-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

}  // namespace

const Communicator& world() {
  return stored_world();
}
void set_world(const Communicator& communicator) {
  stored_world() = communicator;
}

TemporaryFolder::TemporaryFolder() : path_(new_folder()) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

SharedFolder::SharedFolder() {
  std::string path = world().is_root() ? new_folder() : std::string();
  world().broadcast(path);
  path_ = path;
}

SharedFolder::~SharedFolder() {
  world().barrier();
  std::error_code ignored;
  if (world().is_root()) std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

ExpressionMatrix matrix_of(const std::vector<std::vector<float>>& cells) {
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> genes;
  std::vector<float> values;
  for (const auto& cell : cells) {
    for (std::size_t gene = 0; gene < cell.size(); ++gene) {
      if (cell[gene] <= 0) continue;
      genes.push_back(static_cast<std::int32_t>(gene));
      values.push_back(cell[gene]);
    }
    starts.push_back(std::ssize(genes));
  }
  return {numbered_names("gene", std::ssize(cells[0])), numbered_names("cell", std::ssize(cells)),
          NodeArray(std::move(starts)), NodeArray(std::move(genes)), NodeArray(std::move(values))};
}

ExpressionMatrix random_matrix(std::int64_t cells, std::int64_t genes, double density, std::uint64_t seed) {
  RandomStream stream(seed, "test matrix");
  std::vector<std::vector<float>> rows(static_cast<std::size_t>(cells));
  for (auto& row : rows) {
    row.resize(static_cast<std::size_t>(genes));
    for (float& value : row) {
      const bool expressed = stream.uniform(0, 1) < density;
      const auto level = static_cast<float>(stream.uniform(0.1, 2));
      value = expressed ? level : 0;
    }
  }
  return matrix_of(rows);
}

std::vector<std::int64_t> all_cells(const ExpressionMatrix& matrix) {
  return numbers_below<std::int64_t>(matrix.cells());
}

Mapping random_mapping(MappingShape shape, float scale, std::uint64_t seed) {
  Mapping mapping(shape);
  RandomStream stream(seed, "test mapping");
  for (float& value : mapping.parameters()) {
    value = static_cast<float>(stream.uniform(-static_cast<double>(scale), static_cast<double>(scale)));
  }
  return mapping;
}

std::vector<Mapping> random_members(std::int64_t members, MappingShape shape, std::uint64_t seed) {
  std::vector<Mapping> mappings;
  while (std::ssize(mappings) < members) mappings.push_back(random_mapping(shape, 1, seed++));
  return mappings;
}

std::vector<CollapsedMapping> collapsed(const std::vector<Mapping>& members) {
  return {members.begin(), members.end()};
}

}  // namespace dko::testing
