#include "dko/base/output_file.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("an output takes its name on commit and leaves nothing otherwise") {
  const testing::TemporaryFolder folder;
  {
    const OutputFile dropped(folder / "x", false);
    CHECK(std::filesystem::exists(dropped.partial_path()));
  }
  CHECK(std::filesystem::is_empty(folder / ""));
  OutputFile kept(folder / "x", false);
  testing::write_file(kept.partial_path(), "new");
  kept.commit();
  CHECK(testing::read_file(folder / "x") == "new");
  CHECK_FALSE(std::filesystem::exists(kept.partial_path()));
}

TEST_CASE("an output that exists is replaced only when asked, and only on commit") {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "x", "old");
  CHECK_THROWS_AS(OutputFile(folder / "x", false), UsageError);
  { const OutputFile dropped(folder / "x", true); }
  CHECK(testing::read_file(folder / "x") == "old");
  OutputFile kept(folder / "x", true);
  kept.commit();
  CHECK(testing::read_file(folder / "x").empty());
}

TEST_CASE("two jobs cannot write the same output") {
  const testing::TemporaryFolder folder;
  {
    OutputFile first(folder / "x", false);
    testing::write_file(first.partial_path(), "first");
    CHECK_THROWS_WITH(OutputFile(folder / "x", false), Catch::Contains("another job"));
    CHECK(testing::read_file(first.partial_path()) == "first");
    CHECK_THROWS_WITH(OutputFile(folder / "x", true), Catch::Contains("another job is writing it (process"));
    CHECK_THROWS_WITH(OutputFile(folder / "x", false, true), Catch::Contains("another job is writing it"));
    CHECK(testing::read_file(first.partial_path()) == "first");
    // As where nothing is locked: with --force the second takes over, and the first neither commits nor
    // removes what is not its own.
    std::filesystem::remove(folder / "x.partial.lock");
    OutputFile second(folder / "x", true);
    testing::write_file(second.partial_path(), "second");
    CHECK_THROWS_AS(first.commit(), IoError);
    second.commit();
  }
  CHECK(testing::read_file(folder / "x") == "second");
  CHECK_FALSE(std::filesystem::exists(folder / "x.partial"));
}

TEST_CASE("a file that came about meanwhile is not replaced") {
  const testing::TemporaryFolder folder;
  OutputFile output(folder / "x", false);
  testing::write_file(folder / "x", "theirs");
  CHECK_THROWS_AS(output.commit(), IoError);
  CHECK(testing::read_file(folder / "x") == "theirs");
}

TEST_CASE("a lock ends with its job, and what a killed one left of it is taken over") {
  const testing::TemporaryFolder folder;
  {
    OutputLock first(folder / "x");
    first.confirm();
    CHECK_THROWS_WITH(OutputLock(folder / "x"), Catch::Contains("another job is writing it"));
  }
  CHECK(std::filesystem::is_empty(folder / ""));
  testing::write_file(folder / "x.partial.lock", "process 1 on nowhere\n");
  { const OutputLock taken_over(folder / "x"); }
  CHECK(std::filesystem::is_empty(folder / ""));
  CHECK_THROWS_AS(OutputLock(folder / "missing/x"), IoError);
}

TEST_CASE("a link is followed, also where it leads to nothing yet") {
  namespace fs = std::filesystem;
  const testing::TemporaryFolder folder;
  fs::create_directory(folder / "far");
  fs::create_symlink("far/x", folder / "link");
  fs::create_symlink("link", folder / "chain");
  for (const char* content : {"new", "newer"}) {
    OutputFile output(folder / "chain", true);
    CHECK(output.partial_path() == folder / "far/x.partial");
    testing::write_file(output.partial_path(), content);
    output.commit();
    CHECK(testing::read_file(folder / "far/x") == content);
    CHECK(fs::is_symlink(folder / "chain"));
    CHECK(fs::is_symlink(folder / "link"));
  }
  CHECK_THROWS_WITH(OutputFile(folder / "chain", false), Catch::Contains("exists"));
  fs::create_symlink("round", folder / "round");
  CHECK_THROWS_AS(OutputFile(folder / "round", true), UsageError);
}

TEST_CASE("only a regular file is replaced") {
  const testing::TemporaryFolder folder;
  const std::string pipe = (folder / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::filesystem::create_symlink("pipe", folder / "link");
  for (const char* name : {"pipe", "link"}) {
    CHECK_THROWS_WITH(OutputFile(folder / name, true), Catch::Contains("is a named pipe"));
    CHECK_THROWS_WITH(OutputFile::require_free(folder / name, true, false),
                      Catch::Contains("is a named pipe"));
  }
  CHECK_THROWS_WITH(OutputFile("/dev/null", true), Catch::Contains("is a device"));
  CHECK_THROWS_WITH(OutputFile(folder / ".", true), Catch::Contains("is a directory"));
}

TEST_CASE("two names of one file are known as such") {
  namespace fs = std::filesystem;
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "x", "");
  fs::create_hard_link(folder / "x", folder / "hard");
  fs::create_symlink("x", folder / "soft");
  fs::create_symlink("none", folder / "dangling");
  fs::create_symlink(".", folder / "here");
  for (const char* name : {"hard", "soft", "here/x", "./x"})
    CHECK(identity_of(folder / name) == identity_of(folder / "x"));
  for (const char* name : {"./none", "here/none", "dangling", "here/dangling"})
    CHECK(identity_of(folder / name) == identity_of(folder / "none"));
  CHECK(identity_of("none") == identity_of("./none"));
  CHECK(identity_of("none") == identity_of(fs::current_path() / "none"));
  CHECK(identity_of("none") != identity_of("other"));
}

TEST_CASE("outputs that cannot be are refused at once") {
  const testing::TemporaryFolder folder;
  CHECK_THROWS_AS(OutputFile(folder / "", true), UsageError);
  CHECK_THROWS_AS(OutputFile(folder / "missing/x", false), IoError);
  testing::write_file(folder / "file", "");
  CHECK_THROWS_AS(OutputFile(folder / "file/x", false), IoError);
  CHECK_THROWS_AS(OutputFile("/proc/x", false), IoError);
}

TEST_CASE("too little disk space is noticed before") {
  const testing::TemporaryFolder folder;
  CHECK_NOTHROW(require_disk_space(folder / "x", 1000, "scores"));
  CHECK_THROWS_WITH(require_disk_space(folder / "x", 1e20, "scores"), Catch::Contains("scores need"));
}

TEST_CASE("a resumed output goes on with what is there, and an empty one begins") {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "x.partial", "");
  CHECK_FALSE(OutputFile(folder / "x", false, true).is_resumed());
  CHECK_FALSE(std::filesystem::exists(folder / "x.partial"));
  testing::write_file(folder / "x.partial", "half");
  {
    const OutputFile left(folder / "x", false, true);
    CHECK(left.is_resumed());
  }
  CHECK(testing::read_file(folder / "x.partial") == "half");
  OutputFile whole(folder / "x", false, true);
  whole.commit();
  CHECK(testing::read_file(folder / "x") == "half");
  CHECK_THROWS_WITH(OutputFile(folder / "x", false, true), Catch::Contains("is finished"));
}

TEST_CASE("what an older job left is given up only when something takes its place") {
  const testing::TemporaryFolder directory;
  const std::filesystem::path path = directory / "out.h5";
  const std::filesystem::path partial = directory / "out.h5.partial";
  const std::filesystem::path aside = directory / "out.h5.partial.older";
  testing::write_file(partial, "hours of work");
  {
    const OutputFile refused(path, true);
    CHECK(testing::read_file(partial).empty());
    CHECK(refused.bytes_to_give_up() > 0);
  }
  CHECK(testing::read_file(partial) == "hours of work");
  CHECK(!std::filesystem::exists(aside));
  SECTION("after a job that was killed before") {
    std::filesystem::rename(partial, aside);
    testing::write_file(partial, "");
    const OutputFile resumed(path, false, true);
    CHECK(resumed.is_resumed());
    CHECK(testing::read_file(partial) == "hours of work");
  }
  SECTION("by what begins") {
    OutputFile begun(path, true);
    begun.begin([](const std::filesystem::path& made) { testing::write_file(made, "other work"); });
    begun.keep();
    CHECK(begun.bytes_to_give_up() == 0);
  }
  SECTION("by what is whole") {
    OutputFile written(path, true);
    testing::write_file(written.partial_path(), "other work");
    written.commit();
    CHECK(testing::read_file(path) == "other work");
    CHECK(!std::filesystem::exists(partial));
  }
  CHECK(!std::filesystem::exists(aside));
}

TEST_CASE("an output begins with something whole, or is as it was") {
  const testing::TemporaryFolder folder;
  OutputFile output(folder / "x", false);
  CHECK_THROWS_AS(output.begin([&](const auto& path) {
    testing::write_file(path, "ha");
    throw IoError("no space");
  }),
                  IoError);
  CHECK(testing::read_file(folder / "x.partial").empty());
  CHECK_FALSE(std::filesystem::exists(folder / "x.partial.new"));
  output.begin([&](const auto& path) { testing::write_file(path, "whole"); });
  CHECK(testing::read_file(folder / "x.partial") == "whole");
  output.commit();
  CHECK(testing::read_file(folder / "x") == "whole");
}
