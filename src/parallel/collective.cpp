#include "dko/parallel/collective.hpp"

#include <new>
#include <string>

namespace dko {

ExitCode exit_code_of(const std::exception& failure) {
  const auto* error = dynamic_cast<const Error*>(&failure);
  return error != nullptr ? error->code() : ExitCode::failure;
}

void on_root(const Communicator& communicator, const std::function<void()>& work) {
  auto code = static_cast<std::int32_t>(ExitCode::done);
  std::string message;
  if (communicator.is_root()) {
    try {
      work();
    } catch (const std::bad_alloc&) {
      code = static_cast<std::int32_t>(ExitCode::failure);
      message = "out of memory";
    } catch (const std::exception& failure) {
      code = static_cast<std::int32_t>(exit_code_of(failure));
      message = failure.what();
    }
  }
  communicator.broadcast(code);
  if (static_cast<ExitCode>(code) == ExitCode::done) return;
  communicator.broadcast(message);
  throw CollectiveFailure(static_cast<ExitCode>(code), message);
}

}  // namespace dko
