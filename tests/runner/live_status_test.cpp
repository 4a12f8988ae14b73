#include "runner/status/live_status.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "storage/files/fault.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_status.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("a status is read as it was written", "[runner][live_status]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  const LiveStatus status = tests::toy_status();
  REQUIRE(write_live_status(run, status));
  const auto read = read_live_status(run);
  REQUIRE(read);
  CHECK(nlohmann::json(*read) == nlohmann::json(status));
  CHECK(read->phase == RunPhase::running);
  CHECK(read->stages.at(1).quarantined == 1);
  CHECK(read->workers.at(0).task == 7U);
  CHECK_FALSE(read->workers.at(1).task);
  CHECK(read->workers.at(1).phase == WorkerPhase::lost);
  CHECK(read->seconds_left == 60.0);
  CHECK(read->errors.at(0).task.kind == "evaluate");
}

TEST_CASE("a status of before failures had kinds is read",
          "[runner][live_status]") {
  nlohmann::json json = tests::toy_status();
  CHECK(json["errors"][0].erase("failure") == 1);
  const auto read = json.get<LiveStatus>();
  CHECK(read.errors.at(0).failure == storage::FailureKind::unknown);
  CHECK(read.errors.at(0).sentence == "out of memory");
}

TEST_CASE("a status of before tasks had weights is read, by FLOPs",
          "[runner][live_status]") {
  nlohmann::json json = tests::toy_status();
  CHECK(json.at("share_done") == Approx(22.0 / 50));
  CHECK(json["stages"][1].erase("work") == 1);
  CHECK(json["stages"][1].erase("work_done") == 1);
  CHECK(json.erase("share_done") == 1);
  const auto read = json.get<LiveStatus>();
  CHECK(read.stages.at(1).work == 20e9);
  CHECK(read.stages.at(1).work_done == 6e9);
}

TEST_CASE("every phase has a name of its own", "[runner][live_status]") {
  for (const RunPhase phase :
       {RunPhase::starting, RunPhase::running, RunPhase::draining,
        RunPhase::sealing, RunPhase::ended}) {
    LiveStatus status;
    status.phase = phase;
    CHECK(nlohmann::json(status).get<LiveStatus>().phase == phase);
  }
}

TEST_CASE("what is not known yet is null", "[runner][live_status]") {
  const nlohmann::json json = LiveStatus{};
  CHECK(json.at("seconds_left").is_null());
  CHECK_FALSE(json.get<LiveStatus>().seconds_left);
}

TEST_CASE("writing a status leaves nothing beside it",
          "[runner][live_status]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  CHECK_FALSE(read_live_status(run));
  for (int i = 0; i < 3; ++i) write_live_status(run, tests::toy_status());
  const auto files = std::filesystem::directory_iterator(scratch.path());
  CHECK(std::distance(begin(files), end(files)) == 1);
  // A run must not end because nobody can be told.
  CHECK_FALSE(write_live_status(storage::RunDirectory("/nowhere"), {}));
}

TEST_CASE("reasons that are no UTF-8 are shown as far as they are",
          "[runner][live_status]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  LiveStatus status = tests::toy_status();
  status.errors[0].sentence = "bad byte \xff here";
  REQUIRE(write_live_status(run, status));
  CHECK_THAT(read_live_status(run)->errors[0].sentence,
             Catch::StartsWith("bad byte ") && Catch::EndsWith(" here"));
}

TEST_CASE("a status cut anywhere is refused and names the file",
          "[runner][live_status]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  REQUIRE(write_live_status(run, tests::toy_status()));
  const std::string whole = tests::read_file(run.status_file());
  for (std::size_t length = 0; length + 2 < whole.size(); length += 37) {
    tests::write_file(run.status_file(), whole.substr(0, length));
    CHECK_THROWS_WITH(read_live_status(run), Catch::Contains("status.json"));
  }
}

TEST_CASE("a status of another version or shape is refused",
          "[runner][live_status]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  nlohmann::json json = tests::toy_status();
  const auto refuse = [&](const std::string& text, const std::string& why) {
    tests::write_file(run.status_file(), text);
    CHECK_THROWS_WITH(read_live_status(run), Catch::Contains(why));
    CHECK_THROWS_AS(read_live_status(run), storage::StorageError);
  };
  json["version"] = 2;
  refuse(json.dump(), "version");
  json["version"] = 1;
  json["state"] = "dancing";
  refuse(json.dump(), "dancing");
  json["state"] = "running";
  json["stages"] = "none";
  refuse(json.dump(), "damaged");
  refuse("[]", "damaged");
}
