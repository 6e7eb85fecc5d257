#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <memory>

#include "dko/base/text.hpp"

namespace dko::app {

namespace {

using Clock = std::chrono::steady_clock;

class Display {
 public:
  Display(std::string what, std::string unit)
      : what_(std::move(what)), unit_(std::move(unit)), terminal_(isatty(STDERR_FILENO) == 1) {}

  void update(std::int64_t done, std::int64_t total) {
    const auto now = Clock::now();
    if (done == total) return clear();
    if (now - shown_ < (terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(30))) return;
    shown_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(done) / seconds;
    const std::string text =
        fmt::format("{}: {:.0f} % of {}, {:.3g} {}/s, {} left", what_,
                    100 * static_cast<double>(done) / static_cast<double>(total), counted_units(total), rate,
                    unit_, human_seconds(static_cast<double>(total - done) / rate));
    if (terminal_)
      std::cerr << "\r\033[Kdko: " << text << std::flush;
    else
      std::cerr << "dko: " << utc_now() << " " << text << '\n';
    drawn_ = true;
  }

 private:
  std::string counted_units(std::int64_t total) const { return with_thousands(total) + " " + unit_; }
  void clear() {
    if (terminal_ && drawn_) std::cerr << "\r\033[K" << std::flush;
    drawn_ = false;
  }

  std::string what_;
  std::string unit_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_ = start_;
};

}  // namespace

ProgressCallback show_progress(const Log& log, std::string what, std::string unit) {
  if (!log.speaks(Verbosity::normal)) return {};
  const auto display = std::make_shared<Display>(std::move(what), std::move(unit));
  return [display](std::int64_t done, std::int64_t total) { display->update(done, total); };
}

}  // namespace dko::app
