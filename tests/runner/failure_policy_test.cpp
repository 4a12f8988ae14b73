#include "runner/work/failure_policy.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/run/journal_summary.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/in_process.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using storage::FailureKind;

TEST_CASE("what can't change is not tried again, all else is",
          "[runner][failure_policy]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Plan plan = make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  for (const auto& [kind, attempts] :
       {std::pair(FailureKind::input, 1U), std::pair(FailureKind::numbers, 1U),
        std::pair(FailureKind::memory, 3U), std::pair(FailureKind::device, 3U),
        std::pair(FailureKind::files, 3U),
        std::pair(FailureKind::unknown, 3U)}) {
    const std::string name(storage::name_of(kind));
    CAPTURE(name);
    const storage::RunDirectory run(scratch.file(name));
    const auto make = [kind = kind](int) {
      return std::make_unique<tests::Failing>(
          jobs::kKindOf<jobs::DecomposeTask>, kind);
    };
    CHECK(tests::start_in_process(plan, run, make).quarantined > 0);
    const auto journal = storage::summarise_journal(run.journal_folder());
    std::map<storage::Key, std::uint32_t> failed;
    for (const auto& note : journal.failed) {
      ++failed[note.failure.task];
      CHECK(note.failure.kind == kind);
    }
    CHECK_FALSE(failed.empty());
    for (const auto& [task, n] : failed) CHECK(n == attempts);
    // Whoever depends on it is given up for the same kind, without a reason.
    CHECK(journal.quarantined.size() > failed.size());
    for (const auto& [task, note] : journal.quarantined) {
      CHECK(note.failure.kind == kind);
      CHECK(note.failure.reason.empty() == !failed.contains(task));
    }
  }
}
