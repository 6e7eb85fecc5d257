#pragma once
// What tests share: small data, models, folders, and the communicator they were started with.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/mapping/mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko::testing {

/// All ranks that this test program was started with.
const Communicator& world();
void set_world(const Communicator& communicator);

/// A folder of its own that is gone afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// A folder that all ranks share; gone when all have left it. Collective.
class SharedFolder {
 public:
  SharedFolder();
  ~SharedFolder();
  SharedFolder(const SharedFolder&) = delete;
  SharedFolder& operator=(const SharedFolder&) = delete;
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

void write_file(const std::filesystem::path& path, std::string_view content);
std::string read_file(const std::filesystem::path& path);

/// From cells × genes, zeros left out; names gene0 …, cell0 ….
ExpressionMatrix matrix_of(const std::vector<std::vector<float>>& cells);

/// Each gene expressed with probability `density` at a level uniform in (0.1, 2).
ExpressionMatrix random_matrix(std::int64_t cells, std::int64_t genes, double density, std::uint64_t seed);

/// Every cell that the matrix has.
std::vector<std::int64_t> all_cells(const ExpressionMatrix& matrix);

/// Parameters uniform in ±scale: without training, of mixed sign.
Mapping random_mapping(MappingShape shape, float scale, std::uint64_t seed);

/// Mappings that differ: random ones of this seed and those after it.
std::vector<Mapping> random_members(std::int64_t members, MappingShape shape, std::uint64_t seed);
std::vector<CollapsedMapping> collapsed(const std::vector<Mapping>& members);

}  // namespace dko::testing
