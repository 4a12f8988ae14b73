#include "runner/base/child_process.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using namespace std::chrono_literals;

namespace {

ChildResult shell(const std::string& script, const std::string& folder = "/",
                  std::chrono::milliseconds limit = 60s) {
  return run_child({"sh", "-c", script}, folder, {"GREETING=hello"}, limit);
}

}  // namespace

TEST_CASE("another program runs in its folder, with what it is told",
          "[runner][child_process]") {
  const tests::Scratch scratch;
  const ChildResult result =
      shell("echo \"$GREETING $PATH\" | grep -q 'hello /' && touch made",
            scratch.path());
  CHECK(result.end == ChildEnd::done);
  CHECK(result.errors.empty());
  CHECK(std::filesystem::exists(scratch.file("made")));
}

TEST_CASE("what another program complains of is kept",
          "[runner][child_process]") {
  const ChildResult result = shell("echo so >&2; exit 3");
  CHECK(result.end == ChildEnd::failed);
  CHECK(result.errors == "so\n");
  CHECK(shell("kill -9 $$").end == ChildEnd::failed);
  CHECK(shell("head -c 100000 /dev/zero >&2").errors.size() == 4096);
}

TEST_CASE("another program's input and output are empty",
          "[runner][child_process]") {
  CHECK(shell("read word").end == ChildEnd::failed);
  CHECK(shell("test /dev/stdout -ef /dev/null").end == ChildEnd::done);
}

TEST_CASE("another program's output is kept on request",
          "[runner][child_process]") {
  const ChildResult result =
      run_child({"sh", "-c", "echo warning >&2; echo 17"}, "/", {}, 60s,
                ChildOutput::among_errors);
  CHECK(result.end == ChildEnd::done);
  CHECK(result.errors == "warning\n17\n");
}

TEST_CASE("a program that is not there is told from one that fails",
          "[runner][child_process]") {
  CHECK(run_child({"no-such-program"}, "/", {}, 1s).end == ChildEnd::not_found);
}

TEST_CASE("a program that takes too long is ended with its children",
          "[runner][child_process]") {
  // Reads a pipe that it itself keeps open: never ends on its own.
  const tests::Scratch scratch;
  const std::string hang = "mkfifo pipe; (cat <> pipe) & cat <> pipe";
  const auto start = std::chrono::steady_clock::now();
  CHECK(shell(hang, scratch.path(), 50ms).end == ChildEnd::timed_out);
  CHECK(std::chrono::steady_clock::now() - start < 30s);
}
