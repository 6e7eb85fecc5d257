#include "dko/base/csv_writer.hpp"

#include <catch2/catch.hpp>

#include "dko/base/delimited.hpp"
#include "dko/base/text.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("what CsvWriter writes reads back as the same") {
  const testing::TemporaryFolder folder;
  const std::vector<std::string> texts{"plain", "a,b", "say \"so\"", "", " edge ", "tab\there", "semi;colon"};
  const std::vector<float> numbers{0.0F, 0.1F, 1e-30F, 3.4e38F, 0.044832663F};
  CsvWriter csv(folder / "x.csv", false);
  csv.field("a").field("b").end_row();
  for (const auto& text : texts) csv.field(text);
  csv.end_row();
  for (const float number : numbers) csv.field(number);
  csv.end_row();
  csv.finish();

  DelimitedReader file(folder / "x.csv");
  REQUIRE(file.next());
  REQUIRE(file.next());
  REQUIRE(file.fields().size() == texts.size());
  CHECK(file.fields()[0] == "plain");
  CHECK(file.fields()[1] == "a,b");
  CHECK(file.fields()[2] == "say \"so\"");
  CHECK(file.fields()[3].empty());
  CHECK(file.fields()[4] == " edge ");
  CHECK(file.fields()[5] == "tab\there");
  CHECK(file.fields()[6] == "semi;colon");
  REQUIRE(file.next());
  for (std::size_t at = 0; at < numbers.size(); ++at) {
    CHECK(static_cast<float>(parse_number(file.fields()[at]).value()) == numbers[at]);
  }
  CHECK_FALSE(file.next());
}

TEST_CASE("a CSV file has its name only when it is finished") {
  const testing::TemporaryFolder folder;
  {
    CsvWriter csv(folder / "x.csv", false);
    csv.field(1).end_row();
    CHECK_FALSE(std::filesystem::exists(folder / "x.csv"));
  }
  CHECK_FALSE(std::filesystem::exists(folder / "x.csv"));
  CHECK_FALSE(std::filesystem::exists(folder / "x.csv.partial"));
}
