#include "dko/planning/node_memory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/session.hpp"
#include "dko/system/available_memory.hpp"

namespace dko {

namespace {

double sum_of(const std::vector<MemoryPart>& parts) {
  double bytes = 0;
  for (const MemoryPart& part : parts) bytes += part.bytes;
  return bytes;
}

/// "3.0 GiB (mapping 2.0 GiB, data 1.0 GiB)"
std::string text_of(const std::vector<MemoryPart>& parts, const char* whose) {
  std::string text;
  for (const MemoryPart& part : parts) {
    if (part.bytes >= 1)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", part.what, human_bytes(part.bytes));
  }
  return fmt::format("{} {} ({})", human_bytes(sum_of(parts)), whose, text);
}

/// All of what a node needs, in words.
std::string text_of(const MemoryNeed& need, const char* of_node, const char* of_rank, const char* separator) {
  std::string text = text_of(need.per_node, of_node) + separator + text_of(need.per_rank, of_rank);
  if (need.one_rank_bytes() >= 1) text += separator + text_of(need.on_one_rank, "on one rank");
  return text;
}

/// What a node has to give.
struct NodeSupply {
  double ranks = 1;
  double available = 0;
  double shared_available = std::numeric_limits<double>::infinity();  ///< of its shared memory folder
  std::string name;

  double total(const MemoryNeed& need) const {
    return need.node_bytes() + ranks * need.rank_bytes() + need.one_rank_bytes();
  }
  /// What is left when the need is met.
  double left(const MemoryNeed& need) const {
    return std::min(available - total(need), shared_available - need.node_bytes());
  }
};

NodeSupply this_node(const NodeGroup& nodes) {
  NodeSupply node;
  node.ranks = static_cast<double>(nodes.node.size());
  node.available = available_memory();
  std::error_code error;
  const auto space = std::filesystem::space(shared_memory_folder(), error);
  // A rank alone on its node shares nothing.
  if (!error && nodes.node.size() > 1) node.shared_available = static_cast<double>(space.available);
  return node;
}

/// On rank 0, those of all nodes. Collective.
std::vector<NodeSupply> gather_nodes(const NodeGroup& nodes) {
  std::vector<NodeSupply> all;
  if (!nodes.node.is_root()) return all;
  const NodeSupply own = this_node(nodes);
  const std::array numbers{own.ranks, own.available, own.shared_available};
  std::array<char, 65> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) name[0] = '?';
  const auto of_all = nodes.leaders.gather(std::span<const double>(numbers)).or_empty();
  const auto names = nodes.leaders.gather(std::span<const char>(name)).or_empty();
  for (std::size_t at = 0; at * numbers.size() < of_all.size(); ++at) {
    const double* of_node = &of_all[at * numbers.size()];
    all.push_back({of_node[0], of_node[1], of_node[2], &names[at * name.size()]});
  }
  return all;
}

std::string advice(const MemoryNeed& need, const NodeSupply& node) {
  if (node.available >= node.total(need)) {
    return fmt::format(
        "enlarge {} (mount -o remount,size=...){}, or start one rank per node", shared_memory_folder(),
        mpi_family() == MpiFamily::open_mpi ? ", name another folder in OMPI_MCA_osc_sm_backing_directory"
                                            : "");
  }
  if (need.node_bytes() < node.available && !need.advice.empty()) return need.advice;
  if (need.node_bytes() < node.available && node.ranks > 1)
    return "use fewer ranks per node, on more nodes, or choose fewer genes";
  return fmt::format(
      "choose fewer genes ({}), fewer mappings ({}) or {}; more nodes do not help, for each holds all that "
      "is "
      "shared",
      parameter("top-genes"), parameter("ensemble"), parameter("mapping", "sparse"));
}

[[noreturn]] void refuse(const MemoryNeed& need, const NodeSupply& node) {
  const bool is_shared_alone = node.available >= node.total(need);
  throw Error(ExitCode::failure,
              fmt::format("{} needs {} of {} on node {}, and {} are available: {}; {}", need.phase,
                          human_bytes(is_shared_alone ? need.node_bytes() : node.total(need)),
                          is_shared_alone ? shared_memory_folder() : "memory", node.name,
                          human_bytes(is_shared_alone ? node.shared_available : node.available),
                          text_of(need, "shared", "on each rank", "; "), advice(need, node)));
}

}  // namespace

double MemoryNeed::node_bytes() const {
  return sum_of(per_node);
}

double MemoryNeed::rank_bytes() const {
  return sum_of(per_rank);
}

double MemoryNeed::one_rank_bytes() const {
  return sum_of(on_one_rank);
}

MemoryNeed data_memory(std::string phase, const ExpressionMatrix& matrix) {
  double names = 0;
  for (const Names* all : {&matrix.gene_names(), &matrix.gene_ids(), &matrix.cell_names()}) {
    for (const std::string& name : *all) names += static_cast<double>(sizeof(std::string) + name.capacity());
  }
  const double data = 16 * static_cast<double>(matrix.cells() + 1) +
                      8 * static_cast<double>(matrix.nonzeros()) +
                      sizeof(double) * static_cast<double>(matrix.covariate_width() * matrix.cells());
  return {std::move(phase), {{"data", data}}, {{"names", names}}};
}

std::string shared_memory_folder() {
  if (mpi_family() != MpiFamily::open_mpi) return "/dev/shm";
  const char* chosen = std::getenv("OMPI_MCA_osc_sm_backing_directory");
  return chosen != nullptr ? chosen : "/dev/shm";
}

AtRoot<NodeMemory> require_on_every_node(const AtRoot<MemoryNeed>& root_need, Job& job) {
  const std::vector<NodeSupply> nodes = gather_nodes(job.nodes);
  return on_root(job.ranks(), [&] {
    const MemoryNeed& need = *root_need;
    const NodeSupply& scarcest =
        *std::ranges::min_element(nodes, {}, [&](const NodeSupply& node) { return node.left(need); });
    if (scarcest.left(need) < 0) refuse(need, scarcest);
    job.log.info("memory for {}: {}: {} of {} available on {}", need.phase,
                 text_of(need, "per node, shared", "per rank", ", "), human_bytes(scarcest.total(need)),
                 human_bytes(scarcest.available),
                 nodes.size() == 1 ? "this node"
                                   : fmt::format("{}, the scarcest of {}", scarcest.name,
                                                 counted(std::ssize(nodes), "node")));
    return NodeMemory{need, scarcest.ranks, scarcest.total(need), scarcest.available};
  });
}

}  // namespace dko
