#include "dko/command_line/command_line.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

namespace {

using namespace dko;
using Catch::Contains;

enum class Colour { red, green, blue };

/// A command line with an option of each kind.
struct Fruit {
  std::string input;
  std::string out;
  std::int64_t count = 3;
  double weight = 0.5;
  std::optional<double> limit;
  std::optional<std::int64_t> sample;
  bool ripe = false;
  bool dried = false;
  std::vector<std::string> where;
  std::vector<std::int64_t> sizes{1, 2};
  Colour colour = Colour::green;
  std::optional<Colour> other;
  std::size_t length = 0;
  bool was_checked = false;

  CommandLine line() {
    CommandLine line("pick INPUT -o FILE [options]", "Picks fruit.", "dko pick tree -o basket");
    line.argument("INPUT", input);
    line.group("Fruit");
    line.option("out,o", out, "FILE", "where to").usual().required();
    line.option("count", count, "N", "how many").range(1, 1e9);
    line.option("weight", weight, "W", "of each").range(0, 1);
    line.option("limit", limit, "L", "of all").range(-10, 10).excludes("sample");
    line.option("sample", sample, "M", "at random");
    line.group("Looks");
    line.flag("ripe,r", ripe, "only ripe");
    line.flag("dried", dried, "only dried").excludes("ripe");
    line.option("where", where, "COLUMN=VALUE", "may be given again");
    line.list("sizes", sizes, "N...", "of these sizes");
    line.choice<Colour>("colour", colour, colours(), "of this colour");
    line.choice<Colour>("other", other, colours(), "or of this");
    line.parsed(
        "word", length, "WORD", [](const std::string& word) { return word.size(); }, "is measured");
    line.check([this](const CommandLine& parsed) {
      was_checked = true;
      if (parsed.given("sizes") && !parsed.given("count")) throw UsageError("--sizes needs --count");
    });
    return line;
  }

  static std::vector<Choice<Colour>> colours() {
    return {{"red", Colour::red}, {"green", Colour::green}, {"blue", Colour::blue}};
  }

  bool parse(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"tree", "-o", "basket"});
    return line().parse(arguments);
  }
};

/// What it says of these arguments.
std::string refusal(const std::vector<std::string>& arguments) {
  Fruit fruit;
  try {
    fruit.parse(arguments);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Options are read into variables, which else keep their defaults") {
  Fruit fruit;
  CHECK(fruit.parse({}));
  CHECK(fruit.input == "tree");
  CHECK(fruit.out == "basket");
  CHECK(fruit.count == 3);
  CHECK(fruit.colour == Colour::green);
  CHECK_FALSE(fruit.limit);
  CHECK_FALSE(fruit.other);
  CHECK_FALSE(fruit.ripe);
  CHECK(fruit.was_checked);

  CHECK(fruit.parse({"--count=7", "--weight", "1e-3", "--limit", "-2", "-r", "--where", "a=1", "--where",
                     "b=2", "--sizes", "4", "5", "--colour", "blue", "--other", "red", "--word", "pear"}));
  CHECK(fruit.count == 7);
  CHECK(fruit.weight == 1e-3);
  CHECK(fruit.limit == -2.0);
  CHECK(fruit.ripe);
  CHECK(fruit.where == std::vector<std::string>{"a=1", "b=2"});
  CHECK(fruit.sizes == std::vector<std::int64_t>{4, 5});
  CHECK(fruit.colour == Colour::blue);
  CHECK(fruit.other == Colour::red);
  CHECK(fruit.length == 4);
}

TEST_CASE("A command line is refused for each thing that does not fit") {
  CHECK_THAT(refusal({"--count", "0"}), Contains("--count must be between 1 and 1000000000, not 0"));
  CHECK_THAT(refusal({"--weight", "nan"}), Contains("--weight must be between 0 and 1"));
  CHECK_THAT(refusal({"--limit", "11"}), Contains("--limit must be between -10 and 10, not 11"));
  CHECK_THAT(refusal({"--count", "many"}), Contains("('many') for option '--count' is invalid"));
  CHECK_THAT(refusal({"--count", "1.5"}), Contains("a whole number"));
  CHECK_THAT(refusal({"--count", "3", "--sizes", "1", "x"}), Contains("('x') for option '--sizes'"));
  CHECK_THAT(refusal({"--colour", "pink"}), Contains("--colour must be red, green or blue, not 'pink'"));
  CHECK_THAT(refusal({"--limit", "1", "--sample", "2"}),
             Contains("--limit and --sample are mutually exclusive"));
  CHECK_THAT(refusal({"-r", "--dried"}), Contains("--dried and --ripe are mutually exclusive"));
  CHECK_THAT(refusal({"--sizes", "1"}), Contains("--sizes needs --count"));
  CHECK_THAT(refusal({"--colours", "red"}), Contains("unrecognised option") && Contains("dko pick --help"));
  CHECK_THAT(refusal({"--col", "red"}), Contains("unrecognised option"));
  CHECK_THAT(refusal({"more"}), Contains("too many positional"));
  CHECK_THAT(refusal({"--out", "again"}), Contains("cannot be specified more than once"));
  Fruit fruit;
  CHECK_THROWS_WITH(fruit.line().parse({"-o", "basket"}), Contains("INPUT is missing"));
  CHECK_THROWS_WITH(fruit.line().parse({"tree"}), Contains("'--out' is required"));
}

TEST_CASE("Empty values are refused by every option and argument") {
  for (const char* option : {"--where", "--word", "--colour", "--count", "--limit", "--sizes"}) {
    INFO(option);
    CHECK_THAT(refusal({option, ""}), Contains(std::string(option) + " needs a value: it is empty"));
  }
  Fruit fruit;
  CHECK_THROWS_WITH(fruit.line().parse({"tree", "-o", ""}), Contains("--out needs a value: it is empty"));
  CHECK_THROWS_WITH(fruit.line().parse({"", "-o", "basket"}), Contains("INPUT is empty"));
}

TEST_CASE("The help text has the usual options first, then groups, and states defaults") {
  Fruit fruit;
  CommandLine line = fruit.line();
  CHECK_FALSE(line.parse({"--help"}));
  const std::string help = line.help();
  const auto at = [&](const char* text) {
    INFO(text);
    const std::size_t found = help.find(text);
    CHECK(found != std::string::npos);
    return found;
  };
  CHECK(at("Usage: dko pick INPUT") < at("-o [ --out ] FILE"));
  CHECK(at("-o [ --out ] FILE") < at("Fruit:"));
  CHECK(at("Fruit:") < at("--count N (=3)"));
  CHECK(at("--count N (=3)") < at("Looks:"));
  CHECK(at("Looks:") < at("--colour red|green|blue (=green)"));
  CHECK(at("--colour red|green|blue (=green)") < at("-h [ --help ]"));
  CHECK(help.find("--limit L (=") == std::string::npos);
}

TEST_CASE("Several values can stand in one place") {
  std::vector<std::string> models;
  CommandLine line("join MODEL... [options]", "Joins.", "dko join a b");
  line.arguments("MODEL", models);
  CHECK(line.parse({"a", "b", "c"}));
  CHECK(models == std::vector<std::string>{"a", "b", "c"});
  CHECK_THROWS_WITH(line.parse({}), Contains("MODEL is missing"));
}

TEST_CASE("A number that must be given has no default") {
  std::int64_t nodes = 1;
  CommandLine line("plan [options]", "Plans.", "dko plan --nodes 2");
  line.option("nodes", nodes, "N", "how many").range(1, 10).required();
  CHECK_THROWS_WITH(line.parse({}), Contains("'--nodes' is required"));
  CHECK(line.parse({"--nodes", "2"}));
  CHECK(nodes == 2);
  CHECK(line.help().find("--nodes N (=") == std::string::npos);
}
