#pragma once

#include <string>

#include "runner/growth/growth.hpp"
#include "runner/plan/plan.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

namespace coxswain::tests {

// The toy sweep, to be changed after a run that computed all of it.
class GrownSweep {
 public:
  GrownSweep() {
    write_toy_sweep(scratch_.path());
    const runner::Plan before = plan();
    earlier_.inputs = runner::inputs_of(before, runner::facts_of(before));
    for (const runner::PlannedTask& task : before.tasks) {
      journal_.commits[task.key].task = task.key;
    }
  }

  runner::Plan plan() const {
    return runner::make_plan(runner::read_sweep(file("sweep.toml"), ""));
  }
  std::string file(const std::string& name) const {
    return scratch_.file(name);
  }
  void edit(const std::string& from, const std::string& to) const {
    std::string text = read_file(file("sweep.toml"));
    text.replace(text.find(from), from.size(), to);
    write_file(file("sweep.toml"), text);
  }
  // What the run has of the sweep as it is now.
  runner::Growth growth() const {
    const runner::Plan now = plan();
    const auto facts = runner::facts_of(now);
    return runner::growth_of(now, facts,
                             runner::standings_of(now, facts, journal_),
                             earlier_, "run");
  }
  std::string text() const { return runner::text_of(growth()); }

  runner::Earlier& earlier() { return earlier_; }
  storage::JournalState& journal() { return journal_; }

 private:
  Scratch scratch_;
  runner::Earlier earlier_;
  storage::JournalState journal_;
};

}  // namespace coxswain::tests
