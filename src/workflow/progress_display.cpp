#include "dko/workflow/progress_display.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/base/time_left.hpp"
#include "dko/system/terminal.hpp"

namespace dko {

namespace {

constexpr double redrawn_every = 0.2;  // seconds
constexpr double looked_at_every = 0.05;

std::string bar(double fraction) {
  constexpr std::size_t width = 20;
  const auto full = std::min(width, static_cast<std::size_t>(fraction * width));
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

/// No more digits than an estimate has.
std::string rough_time(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  return human_seconds(seconds);
}

class Display {
 public:
  explicit Display(ProgressText text) : text_(std::move(text)), columns_(terminal_columns()) {}
  ~Display() { clear(); }
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  void update(std::int64_t done, std::int64_t total) {
    if (done >= total) return clear();
    if (!std::exchange(has_begun_, true) && done == 0) watch_ = {};
    const double now = watch_.seconds();
    if (now < looked_at_ + looked_at_every) return;
    looked_at_ = now;
    const double fraction = static_cast<double>(done) / static_cast<double>(total);
    left_.note(now, fraction);
    if (now < (columns_ ? shown_ + redrawn_every : next_report(shown_))) return;
    shown_ = now;
    const auto count = text_.count > 0 ? text_.count : total;
    if (columns_)
      draw(fmt::format("{} {} {:3.0f} %, {}", text_.what, bar(fraction), std::floor(100 * fraction),
                       speed(now, fraction, count)));
    else
      std::cerr << fmt::format("dko: {} {}: {:.0f} % of {} {}, {}\n", utc_now(), text_.what,
                               std::floor(100 * fraction), with_thousands(count), text_.unit,
                               speed(now, fraction, count))
                << std::flush;
  }

 private:
  /// Time left and rate, the more important first.
  std::string speed(double seconds, double fraction, std::int64_t count) const {
    const double rate = fraction * static_cast<double>(count) / seconds;
    const auto left = left_.seconds_left();
    return fmt::format("{}{} left, {} {}/s", text_.may_end_sooner ? "at most " : "",
                       left ? rough_time(*left) : "unknown time",
                       rate < 1000 ? fmt::format("{:.3g}", rate) : with_thousands(std::llround(rate)),
                       text_.unit);
  }

  /// One line, never wider than the terminal: a longer one could not be drawn over.
  void draw(const std::string& line) {
    std::cerr << "\r\033[K" + ("dko: " + line).substr(0, *columns_ - 1) << std::flush;
    drawn_ = true;
  }
  void clear() {
    if (drawn_) std::cerr << "\r\033[K" << std::flush;
    drawn_ = false;
  }

  ProgressText text_;
  std::optional<std::size_t> columns_;  // of the terminal, if it is one
  bool drawn_ = false;
  bool has_begun_ = false;
  Stopwatch watch_;
  TimeLeft left_;
  double looked_at_ = 0;
  double shown_ = 0;
};

}  // namespace

ProgressCallback show_progress(const Log& log, ProgressText text) {
  if (!log.speaks(Verbosity::normal)) return {};
  const auto display = std::make_shared<Display>(std::move(text));
  return [display](std::int64_t done, std::int64_t total) { display->update(done, total); };
}

}  // namespace dko
