#include "dko/base/delimited.hpp"

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const std::filesystem::path& path) {
  DelimitedReader file(path);
  Rows rows;
  while (file.next()) rows.emplace_back(file.fields().begin(), file.fields().end());
  return rows;
}

std::string gzipped(const std::string& text) {
  std::istringstream in(text);
  std::ostringstream out;
  boost::iostreams::filtering_ostream stream;
  stream.push(boost::iostreams::gzip_compressor());
  stream.push(out);
  boost::iostreams::copy(in, stream);
  return out.str();
}

Rows rows_of_text(const std::string& text) {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "x", text);
  return rows_of(folder / "x");
}

}  // namespace

TEST_CASE("delimiters, quotes, line ends, blank lines and byte-order marks are dealt with") {
  CHECK(rows_of_text("a,b\n1,2\n") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(rows_of_text("a\tb,c\n1\t\n") == Rows{{"a", "b,c"}, {"1", ""}});
  CHECK(rows_of_text("a;b\n1;2") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(rows_of_text("\xEF\xBB\xBF"
                     "a,b\r\n\r\n 1 , 2 \r\n") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(rows_of_text("\"a,\"\"b\"\"\",\"\",c\n") == Rows{{"a,\"b\"", "", "c"}});
  CHECK(rows_of_text("\"a\"\t\n") == Rows{{"a", ""}});
  CHECK(rows_of_text("one\n\ntwo\n") == Rows{{"one"}, {"two"}});
  CHECK(rows_of_text("a,\n") == Rows{{"a", ""}});
}

TEST_CASE("lines are counted as editors do") {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "x", "a\n\nb\n");
  DelimitedReader file(folder / "x");
  REQUIRE(file.next());
  CHECK(file.line() == 1);
  REQUIRE(file.next());
  CHECK(file.line() == 3);
}

TEST_CASE("damaged text is refused with its line") {
  CHECK_THROWS_WITH(rows_of_text("a\n\"b\n"), Catch::Contains("line 2") && Catch::Contains("quote"));
  CHECK_THROWS_WITH(rows_of_text("\"a\"b\n"), Catch::Contains("line 1"));
  CHECK_THROWS_WITH(rows_of_text(std::string("a\nb\0c\n", 6)),
                    Catch::Contains("line 2") && Catch::Contains("NUL"));
  CHECK_THROWS_AS(rows_of("/nowhere/at/all"), InputError);
}

TEST_CASE("gzip is known by its content, and damage in it is noticed") {
  const testing::TemporaryFolder folder;
  std::string text;
  for (int line = 0; line < 20000; ++line) text += std::to_string(line * 7919) + ",2\n";
  const std::string packed = gzipped(text);
  testing::write_file(folder / "good", packed);
  CHECK(rows_of(folder / "good").size() == 20000);
  for (const double part : {0.0002, 0.3, 0.9, 0.9999}) {
    testing::write_file(
        folder / "cut",
        packed.substr(0, static_cast<std::size_t>(part * static_cast<double>(packed.size()))));
    CHECK_THROWS_AS(rows_of(folder / "cut"), InputError);
  }
  std::string damaged = packed;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  testing::write_file(folder / "damaged", damaged);
  CHECK_THROWS_AS(rows_of(folder / "damaged"), InputError);
}

TEST_CASE("lines of any length are read whole") {
  const testing::TemporaryFolder folder;
  for (const std::size_t length : {1UL, 65534UL, 65535UL, 65536UL, 131070UL, 131071UL, 200000UL}) {
    for (const char* end : {"", "\n", "\n\nz\n"}) {
      testing::write_file(folder / "x", "a\n" + std::string(length, 'y') + end);
      DelimitedReader file(folder / "x", Fields::whole);
      REQUIRE(file.next());
      REQUIRE(file.next());
      CHECK(file.fields()[0].size() == length);
      CHECK(file.line() == 2);
      CHECK(file.next() == (std::string(end).size() > 1));
    }
  }
}
