#include "dko/parallel/node_array.hpp"

#include <exception>

#include "dko/parallel/mpi_access.hpp"

namespace dko {

NodeGroup::NodeGroup(const Communicator& whole)
    : all(whole), node(whole.split_by_node()), leaders(whole.split(node.is_root() ? 0 : 1)) {}

namespace detail {

namespace {

struct Window {
  MPI_Win handle = MPI_WIN_NULL;
  Communicator node;  // outlives the window
  int exceptions = std::uncaught_exceptions();

  explicit Window(Communicator ranks) : node(std::move(ranks)) {}
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window() {
    if (handle == MPI_WIN_NULL || std::uncaught_exceptions() > exceptions) return;
    MPI_Win_unlock_all(handle);
    MPI_Win_free(&handle);
  }
};

}  // namespace

std::pair<std::shared_ptr<void>, std::byte*> allocate_on_node(const NodeGroup& group, std::int64_t bytes) {
  auto window = std::make_shared<Window>(group.node);
  const MPI_Comm node = MpiAccess::native(group.node);
  void* own = nullptr;
  check_mpi(MPI_Win_allocate_shared(group.node.is_root() ? static_cast<MPI_Aint>(bytes) : 0, 1, MPI_INFO_NULL,
                                    node, static_cast<void*>(&own), &window->handle),
            "MPI_Win_allocate_shared (is /dev/shm or the session directory full?)");
  check_mpi(MPI_Win_lock_all(MPI_MODE_NOCHECK, window->handle), "MPI_Win_lock_all");
  MPI_Aint size = 0;
  int unit = 0;
  void* first = nullptr;
  check_mpi(MPI_Win_shared_query(window->handle, 0, &size, &unit, static_cast<void*>(&first)),
            "MPI_Win_shared_query");
  return {window, static_cast<std::byte*>(first)};
}

void spread(const NodeGroup& group, const std::shared_ptr<void>& window, std::span<std::byte> bytes) {
  if (group.node.is_root()) group.leaders.broadcast(bytes);
  publish_on_node(group, window);
}

void publish_on_node(const NodeGroup& group, const std::shared_ptr<void>& window) {
  const MPI_Win handle = static_cast<const Window*>(window.get())->handle;
  check_mpi(MPI_Win_sync(handle), "MPI_Win_sync");
  group.node.barrier();
  check_mpi(MPI_Win_sync(handle), "MPI_Win_sync");
}

}  // namespace detail

}  // namespace dko
