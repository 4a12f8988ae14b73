#include "runner/status/run_call.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

using namespace coxswain::runner;

namespace fs = std::filesystem;

TEST_CASE("a call is the line that was typed", "[runner][run_call]") {
  CHECK(command_of({"", "sweep.toml", "", {}}) == "coxswain run sweep.toml");
  CHECK(command_of(
            {"mpirun -n 3", "a/sweep.toml", "runs/x", {"--mix-devices"}}) ==
        "mpirun -n 3 coxswain run a/sweep.toml --out runs/x --mix-devices");
}

TEST_CASE("words that a shell would take apart are quoted",
          "[runner][run_call]") {
  CHECK(command_of({"", "my sweep.toml", "it's", {"--set", "a=[1, 2]"}}) ==
        "coxswain run 'my sweep.toml' --out 'it'\\''s' --set 'a=[1, 2]'");
}

TEST_CASE("a call is read from anywhere", "[runner][run_call]") {
  const RunCall call{
      "mpirun -n 3", "a/../sweep.toml", "runs/x", {"--set", "k=1"}};
  const auto read = nlohmann::json(call).get<RunCall>();
  CHECK(read.launcher == call.launcher);
  CHECK(read.words == call.words);
  CHECK(read.sweep == (fs::current_path() / "sweep.toml").string());
  CHECK(read.out.empty());
  CHECK_THROWS_AS(nlohmann::json::object().get<RunCall>(),
                  nlohmann::json::exception);
}

TEST_CASE("a path below the current folder is as one would type it",
          "[runner][run_call]") {
  const fs::path here = fs::current_path();
  CHECK(as_typed((here / "a/sweep.toml").string()) == "a/sweep.toml");
  const std::string beside = (here.parent_path() / "other/s.toml").string();
  CHECK(as_typed(beside) == beside);
  CHECK(as_typed("/sweep.toml") == "/sweep.toml");
}
