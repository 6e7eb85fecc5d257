#include "dko/knockout/screen/pair_keeping.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"

using namespace dko;

TEST_CASE("What is kept of pairs is read back from its text") {
  for (const char* text : {"full", "summary", "top:1", "top:100", "threshold:0.5", "threshold:-0.25",
                           "threshold:1e-06", "top:20,threshold:0.1"}) {
    INFO(text);
    CHECK(text_of(parse_keeping(text)) == text);
  }
}

TEST_CASE("The forms of keeping pairs are told apart") {
  CHECK(parse_keeping("full").form == PairKeeping::Form::all);
  CHECK(parse_keeping("summary").form == PairKeeping::Form::summary);
  const PairKeeping both = parse_keeping("threshold:0.1,top:20");
  CHECK(both.form == PairKeeping::Form::selected);
  CHECK(both.top == 20);
  CHECK(both.threshold == 0.1);
}

TEST_CASE("Other text is no way of keeping pairs") {
  for (const char* text :
       {"", "all", "top", "top:", "top:0", "top:-1", "top:1.5", "top:1000000001", "top:1,top:2", "top:1,",
        "threshold:", "threshold:nan", "threshold:1e7", "threshold:1,threshold:2", "full,top:1"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_keeping(text), UsageError);
  }
}
