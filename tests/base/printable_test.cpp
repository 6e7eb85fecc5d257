#include "dko/base/printable.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "dko/base/log.hpp"

using namespace dko;

TEST_CASE("what a terminal could obey is shown instead") {
  CHECK(printable("Actb, größe, 基因 \xF0\x9F\xA7\xAC") == "Actb, größe, 基因 \xF0\x9F\xA7\xAC");
  CHECK(printable("") == "");
  CHECK(printable("\x1b[2J\a") == "\\x1b[2J\\x07");
  CHECK(printable("two\nlines\tand\x7f") == "two\\x0alines\\x09and\\x7f");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(printable("gr\xF6\xDF"
                  "e\xC3") == "gr\\xf6\\xdfe\\xc3");
  CHECK(printable("\xC2\x9B"
                  "2J") == "\\u009b2J");  // CSI in one character
  CHECK(printable("\xE2\x80\xAEgnp.exe") == "\\u202egnp.exe");
}

TEST_CASE("the log shows names in one line") {
  std::ostringstream out;
  Log log(out, Verbosity::normal);
  log.warn("cell {} is new", "a\ndko: error: b");
  CHECK(out.str() == "dko: warning: cell a\\x0adko: error: b is new\n");
}

TEST_CASE("a stream is filtered while it is asked for, and lines and tabs pass") {
  std::ostringstream out;
  {
    const PrintableOutput filter(out);
    out << "a\tb\n" << '\x1b' << "[2J" << 7 << std::flush;
  }
  out << '\a';
  CHECK(out.str() == "a\tb\n\\x1b[2J7\a");
}
