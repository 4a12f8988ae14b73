#include "runner/status/slurm_queue.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Contains;

namespace {

// A squeue that counts its calls and answers with `script`.
class FakeSqueue {
 public:
  FakeSqueue(const tests::Scratch& scratch, const std::string& script)
      : calls_(scratch.file("calls")), path_(std::getenv("PATH")) {
    const std::string program = scratch.file("bin/squeue");
    std::filesystem::create_directories(scratch.file("bin"));
    tests::write_file(
        program, "#!/bin/sh\necho \"$*\" >> " + calls_ + "\n" + script + "\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    ::setenv("PATH", (scratch.file("bin") + ":" + path_).c_str(), 1);
  }
  ~FakeSqueue() { ::setenv("PATH", path_.c_str(), 1); }
  FakeSqueue(const FakeSqueue&) = delete;
  FakeSqueue& operator=(const FakeSqueue&) = delete;

  std::string calls() const {
    return std::filesystem::exists(calls_) ? tests::read_file(calls_) : "";
  }

 private:
  std::string calls_, path_;
};

storage::RunDirectory run_in(const tests::Scratch& scratch) {
  storage::RunDirectory run(scratch.file("run"));
  std::filesystem::create_directories(run.jobs_folder());
  return run;
}

}  // namespace

TEST_CASE("a run's jobs are asked for, once a minute",
          "[runner][slurm_queue]") {
  const tests::Scratch scratch;
  const FakeSqueue squeue(scratch,
                          "echo '9|RUNNING|node[1-3]|2:03|57:57'; "
                          "echo '10|PENDING|(Dependency)|0:00|1:00:00'");
  const auto run = run_in(scratch);
  CHECK_FALSE(slurm_queue(run, 1000));
  CHECK(squeue.calls().empty());
  note_job(run, "10");
  tests::write_file(run.jobs_folder() + "/9.log", "");  // by hand
  tests::write_file(run.jobs_folder() + "/job.log", "");
  const auto queue = slurm_queue(run, 1000);
  REQUIRE(queue);
  CHECK_THAT(squeue.calls(), Contains("--jobs 9,10 "));
  CHECK(text_of(*queue, 1001) ==
        "slurm:\n  job 9: RUNNING on node[1-3] for 2:03, 57:57 left\n"
        "  job 10: PENDING (Dependency)\n");
  const auto again = slurm_queue(run, 1059);
  REQUIRE(again);
  CHECK(again->jobs.size() == 2);
  CHECK_THAT(text_of(*again, 1059), Contains("slurm (59 s ago):"));
  CHECK(squeue.calls().find('\n') == squeue.calls().size() - 1);
  CHECK(slurm_queue(run, 1061)->asked == 1061);
}

TEST_CASE("a queue that forgot the jobs has none, one that fails says why",
          "[runner][slurm_queue]") {
  const tests::Scratch scratch;
  const auto run = run_in(scratch);
  note_job(run, "7");
  {
    const FakeSqueue squeue(
        scratch,
        "echo 'slurm_load_jobs error: Invalid job id specified' >&2; "
        "exit 1");
    const auto queue = slurm_queue(run, 1000);
    REQUIRE(queue);
    CHECK_THAT(text_of(*queue, 1000), Contains("no job of this run"));
  }
  // What a stranger left there is asked anew.
  tests::write_file(run.jobs_folder() + "/queue.json", "{\"asked\": []}");
  const FakeSqueue squeue(scratch, "echo 'no controller' >&2; exit 1");
  CHECK_THAT(text_of(*slurm_queue(run, 2000), 2000),
             Contains("squeue: no controller"));
}
