#pragma once
// What a job will need of each node's memory, and whether every node has it.

#include <string>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

struct MemoryPart {
  std::string what;
  double bytes = 0;
};

/// What a phase of a job takes beyond what is in use before it.
struct MemoryNeed {
  std::string phase;                 ///< such as "screening"
  std::vector<MemoryPart> per_node;  ///< shared by the ranks of a node
  std::vector<MemoryPart> per_rank;
  /// Beside it on rank 0 alone, or on one rank of some nodes: counted once on every node, to be safe.
  std::vector<MemoryPart> on_one_rank{};
  std::string advice{};  ///< what helps where a node has not enough for its ranks; empty: what helps any job

  double node_bytes() const;      ///< of what is shared
  double rank_bytes() const;      ///< of each rank
  double one_rank_bytes() const;  ///< of what only one has
};

/// A need to add to: the data, once per node, and their names, on each rank. Local.
MemoryNeed data_memory(std::string phase, const ExpressionMatrix& matrix);

/// Where the memory that the ranks of a node share takes up room: the folder of Open MPI's windows.
std::string shared_memory_folder();

/// A need, and what the node that can give least beyond it has.
struct NodeMemory {
  MemoryNeed need;
  double ranks = 1;  ///< of that node
  double total = 0;  ///< bytes that the need comes to on it
  double available = 0;
};

/// Compares the need with what every node has available, its shared memory folder included where several
/// ranks share, and says in the log how the scarcest does. Returns that node's. Collective.
/// @throws CollectiveFailure (exit code 1) that says what is missing where, and what would help.
AtRoot<NodeMemory> require_on_every_node(const AtRoot<MemoryNeed>& need, Job& job);

}  // namespace dko
