#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// The ranks of a communicator by the node they run on.
struct NodeGroup {
  /// Collective.
  explicit NodeGroup(const Communicator& all);

  Communicator all;
  Communicator node;     ///< the ranks of this node; its rank 0 leads
  Communicator leaders;  ///< the leaders of all nodes (for ranks that do not lead: the others, unused)
};

/// A read-only array that is held once per node, or just by this process. Copies share it.
template <class T>
class NodeArray {
 public:
  NodeArray() = default;
  explicit NodeArray(std::vector<T> values) {
    auto owned = std::make_shared<const std::vector<T>>(std::move(values));
    view_ = *owned;
    owner_ = std::move(owned);
  }
  NodeArray(std::shared_ptr<const void> owner, std::span<const T> view)
      : owner_(std::move(owner)), view_(view) {}

  std::span<const T> view() const { return view_; }
  std::int64_t size() const { return static_cast<std::int64_t>(view_.size()); }
  const T& operator[](std::int64_t at) const { return view_[static_cast<std::size_t>(at)]; }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const T> view_;
};

namespace detail {
/// Memory that all ranks of the node see; `bytes` counts on the node's leader. Freeing it is collective,
/// and skipped while an exception passes. Collective over group.node.
std::pair<std::shared_ptr<void>, std::byte*> allocate_on_node(const NodeGroup& group, std::int64_t bytes);
/// From root's node to the other leaders, and made visible to all ranks. Collective.
void spread(const NodeGroup& group, const std::shared_ptr<void>& window, std::span<std::byte> bytes);
/// Makes what the ranks of the node wrote visible to all of them. Collective over group.node.
void publish_on_node(const NodeGroup& group, const std::shared_ptr<void>& window);
}  // namespace detail

/// An array that the ranks of a node fill together, before it becomes a NodeArray: each rank writes a part of
/// its own into values(), then all of them publish. Every node fills a copy of its own.
template <class T>
class NodeBuffer {
 public:
  /// `count` values, not set; the same count on all ranks of the node. Collective over group.node.
  /// @throws Error if the node has no shared memory left.
  NodeBuffer(const NodeGroup& group, std::int64_t count) : group_(&group) {
    if (group.all.size() == 1) {
      auto owned = std::make_shared_for_overwrite<T[]>(static_cast<std::size_t>(count));
      values_ = {owned.get(), static_cast<std::size_t>(count)};
      owner_ = std::move(owned);
      return;
    }
    auto [owner, data] = detail::allocate_on_node(group, count * static_cast<std::int64_t>(sizeof(T)));
    values_ = {reinterpret_cast<T*>(data), static_cast<std::size_t>(count)};
    owner_ = std::move(owner);
  }

  /// All of the array: what no other rank of the node reads or writes is this rank's to write. Local.
  std::span<T> values() const { return values_; }

  /// The array, with what every rank of the node wrote; nothing may be written from here on. Collective over
  /// group.node.
  NodeArray<T> publish() && {
    if (group_->all.size() > 1) detail::publish_on_node(*group_, owner_);
    return {std::move(owner_), values_};
  }

 private:
  const NodeGroup* group_;
  std::shared_ptr<void> owner_;
  std::span<T> values_;
};

/// Gives every node one copy of the array. Collective.
/// @throws Error if the node has no shared memory left.
template <class T>
NodeArray<T> share(const NodeGroup& group, AtRoot<NodeArray<T>> array) {
  if (group.all.size() == 1) return std::move(*array);
  const std::int64_t count = group.all.broadcast(array.transform(&NodeArray<T>::size));
  const std::int64_t bytes = count * static_cast<std::int64_t>(sizeof(T));
  auto [owner, data] = detail::allocate_on_node(group, bytes);
  if (array.is_here() && count > 0) {
    std::memcpy(data, array->view().data(), static_cast<std::size_t>(bytes));
  }
  detail::spread(group, owner, {data, static_cast<std::size_t>(bytes)});
  return {std::move(owner), {reinterpret_cast<const T*>(data), static_cast<std::size_t>(count)}};
}

}  // namespace dko
