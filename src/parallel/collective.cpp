#include "dko/parallel/collective.hpp"

#include <string>

#include "dko/base/report.hpp"

namespace dko {

ExitCode exit_code_of(const std::exception& failure) {
  const auto* error = dynamic_cast<const Error*>(&failure);
  return error != nullptr ? error->code() : ExitCode::failure;
}

namespace {

std::optional<CollectiveFailure> failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& failure) {
    return CollectiveFailure(exit_code_of(failure), message_of(failure));
  }
  return std::nullopt;
}

}  // namespace

void agree(const Communicator& communicator, const std::optional<CollectiveFailure>& failure) {
  const int failing = communicator.max(failure ? communicator.size() - communicator.rank() : 0);
  if (failing == 0) return;
  const int root = communicator.size() - failing;
  std::string text = failure ? failure->what() : "";
  auto code = static_cast<std::int32_t>(failure ? failure->code() : ExitCode::failure);
  communicator.broadcast(text, root);
  communicator.broadcast(code, root);
  throw CollectiveFailure(static_cast<ExitCode>(code), text);
}

void run_on_every_rank(const Communicator& communicator, const std::function<void()>& work) {
  agree(communicator, failure_of(work));
}

void run_on_root(const Communicator& communicator, const std::function<void()>& work) {
  const auto failure = communicator.is_root() ? failure_of(work) : std::nullopt;
  auto code = static_cast<std::int32_t>(failure ? failure->code() : ExitCode::done);
  std::string message = failure ? failure->what() : "";
  communicator.broadcast(code);
  if (static_cast<ExitCode>(code) == ExitCode::done) return;
  communicator.broadcast(message);
  throw CollectiveFailure(static_cast<ExitCode>(code), message);
}

}  // namespace dko
