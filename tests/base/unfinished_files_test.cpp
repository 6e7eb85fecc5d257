#include "dko/base/unfinished_files.hpp"

#include <catch2/catch.hpp>

#include "support/testing.hpp"

using namespace dko;
namespace fs = std::filesystem;

TEST_CASE("unfinished files are removed, those that are no longer noted stay") {
  const testing::TemporaryFolder folder;
  for (const char* name : {"unfinished", "finished", "never noted"}) testing::write_file(folder / name, "x");
  note_unfinished(folder / "unfinished");
  note_unfinished(folder / "finished");
  note_unfinished(folder / "absent");
  forget_unfinished(folder / "finished");
  forget_unfinished(folder / "never noted");
  remove_unfinished_files();
  CHECK_FALSE(fs::exists(folder / "unfinished"));
  CHECK(fs::exists(folder / "finished"));
  CHECK(fs::exists(folder / "never noted"));
  forget_unfinished(folder / "unfinished");
  forget_unfinished(folder / "absent");
}

TEST_CASE("of more unfinished files than there is room for, the first are removed") {
  const testing::TemporaryFolder folder;
  constexpr int files = 70;  // more than there are places
  const auto path = [&](int at) { return folder / std::to_string(at); };
  for (int at = 0; at < files; ++at) {
    testing::write_file(path(at), "x");
    note_unfinished(path(at));
  }
  remove_unfinished_files();
  CHECK_FALSE(fs::exists(path(0)));
  CHECK(fs::exists(path(files - 1)));
  for (int at = 0; at < files; ++at) forget_unfinished(path(at));
  note_unfinished(path(files - 1));
  remove_unfinished_files();
  CHECK_FALSE(fs::exists(path(files - 1)));
  forget_unfinished(path(files - 1));
}
