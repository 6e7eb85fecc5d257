#pragma once
// What may be shown on a terminal of names and other words that come from files.

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace dko {

/// The text with all that a terminal could take for a command, or that would hide or turn around what stands
/// beside it, in visible form: control characters and bytes that are not UTF-8 as \x1b, Unicode's marks of
/// direction as \u202e.
std::string printable(std::string_view text);

/// While it lives, what is written to a stream passes with control characters in visible form; ends of lines
/// and tabs stay.
class PrintableOutput : public std::streambuf {
 public:
  explicit PrintableOutput(std::ostream& out) : out_(out), to_(out.rdbuf(this)) {}
  ~PrintableOutput() override { out_.rdbuf(to_); }
  PrintableOutput(const PrintableOutput&) = delete;
  PrintableOutput& operator=(const PrintableOutput&) = delete;

 private:
  int_type overflow(int_type letter) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int sync() override { return to_->pubsync(); }

  std::ostream& out_;
  std::streambuf* to_;
};

}  // namespace dko
