#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// A failure that every rank of the communicator is told of and throws. Ranks that catch it can end in
/// good order; any other exception on one rank of several must abort the job.
class CollectiveFailure : public Error {
 public:
  using Error::Error;
};

/// Runs `work` on rank 0 and tells every rank how it went. Collective; `work` must not be.
/// @throws CollectiveFailure, with the exit code and the words of what `work` threw, on all ranks.
void run_on_root(const Communicator& communicator, const std::function<void()>& work);

/// The same; returns what `work` returns, at root.
template <std::invocable Work>
auto on_root(const Communicator& communicator, Work&& work) {
  using Result = std::remove_cvref_t<std::invoke_result_t<Work>>;
  if constexpr (std::is_void_v<Result>) {
    run_on_root(communicator, std::ref(work));
  } else {
    std::optional<Result> result;
    run_on_root(communicator, [&] { result.emplace(work()); });
    return result ? AtRoot<Result>(std::move(*result)) : AtRoot<Result>();
  }
}

/// Tells every rank whether some rank failed. Collective.
/// @throws CollectiveFailure, on all ranks what the first of those that failed passes
void agree(const Communicator& communicator, const std::optional<CollectiveFailure>& failure);

/// Runs `work` on every rank and tells every rank how it went. Collective; `work` may be, too, where it fails
/// on all ranks or on none. @throws CollectiveFailure as on_root, of the first rank whose `work` threw
void run_on_every_rank(const Communicator& communicator, const std::function<void()>& work);

/// The same; returns what `work` returns on this rank.
template <std::invocable Work>
auto on_every_rank(const Communicator& communicator, Work&& work) {
  using Result = std::remove_cvref_t<std::invoke_result_t<Work>>;
  if constexpr (std::is_void_v<Result>) {
    run_on_every_rank(communicator, std::ref(work));
  } else {
    std::optional<Result> result;
    run_on_every_rank(communicator, [&] { result.emplace(work()); });
    return std::move(*result);
  }
}

/// The exit code that stands for an exception: its own for an Error, 1 for any other.
ExitCode exit_code_of(const std::exception& failure);

}  // namespace dko
