#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace dko {

/// @throws std::logic_error that says so
[[noreturn]] void refuse_value_of_root();

/// A value that is significant only at root: rank 0 of a group has it, the other ranks have nothing. Made by
/// on_root(), at_root(), Communicator::gather() and the like; Communicator::broadcast() gives it to all.
/// Local.
template <class T>
class AtRoot {
 public:
  /// Nothing: what the other ranks have.
  AtRoot() = default;
  explicit AtRoot(T value) : value_(std::move(value)) {}

  bool is_here() const { return value_.has_value(); }
  /// From now on this rank has the value.
  void emplace(T value) { value_.emplace(std::move(value)); }

  /// @throws std::logic_error on a rank that does not have it
  const T& operator*() const {
    require();
    return *value_;
  }
  T& operator*() {
    require();
    return *value_;
  }
  const T* operator->() const { return &**this; }
  T* operator->() { return &**this; }

  /// The value, given up; an empty one elsewhere, where all ranks have to pass something.
  T or_empty() && { return value_ ? std::move(*value_) : T(); }

  /// One part of the value, moved out of it.
  template <class Part, class Whole>
  requires std::derived_from<T, Whole> AtRoot<Part> take(Part Whole::*part) {
    return value_ ? AtRoot<Part>(std::move((*value_).*part)) : AtRoot<Part>();
  }

  /// What `make` makes of the value, at root.
  template <class Make>
  auto transform(Make&& make) const {
    using Result = std::remove_cvref_t<std::invoke_result_t<Make, const T&>>;
    return value_ ? AtRoot<Result>(std::invoke(make, *value_)) : AtRoot<Result>();
  }

 private:
  void require() const {
    if (!value_) refuse_value_of_root();
  }

  std::optional<T> value_;
};

/// One value of several, moved out of them.
template <class T>
AtRoot<T> take(AtRoot<std::vector<T>>& values, std::int64_t at) {
  return values.is_here() ? AtRoot<T>(std::move((*values)[static_cast<std::size_t>(at)])) : AtRoot<T>();
}

}  // namespace dko
