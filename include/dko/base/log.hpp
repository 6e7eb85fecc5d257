#pragma once

#include <fmt/format.h>

#include <iosfwd>
#include <string_view>
#include <utility>

namespace dko {

enum class Verbosity { quiet, normal, verbose };

/// What the program tells its user while it works, on standard error. Only rank 0 is given a log that
/// speaks; the others get a silent one, so no caller asks for its rank before it logs.
class Log {
 public:
  /// `out` must outlive the log.
  Log(std::ostream& out, Verbosity verbosity) : out_(&out), verbosity_(verbosity) {}
  static Log silent() { return {}; }

  /// What is done, with its figures. Not with --quiet.
  template <class... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) {
    if (speaks(Verbosity::normal)) line("", fmt::format(text, std::forward<Args>(args)...));
  }
  /// More of the same, only with --verbose.
  template <class... Args>
  void detail(fmt::format_string<Args...> text, Args&&... args) {
    if (speaks(Verbosity::verbose)) line("", fmt::format(text, std::forward<Args>(args)...));
  }
  /// Something the user should look at. Always.
  template <class... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) {
    if (speaks(Verbosity::quiet)) line("warning: ", fmt::format(text, std::forward<Args>(args)...));
  }

  bool speaks(Verbosity least) const { return out_ != nullptr && verbosity_ >= least; }

 private:
  Log() = default;
  void line(std::string_view kind, std::string_view text);

  std::ostream* out_ = nullptr;
  Verbosity verbosity_ = Verbosity::quiet;
};

}  // namespace dko
