#include "runner/work/run.hpp"

#include <fmt/format.h>
#include <cassert>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <utility>

#include "cluster/host.hpp"
#include "cluster/signals.hpp"
#include "cluster/slurm.hpp"
#include "runner/base/clock.hpp"
#include "runner/base/counted.hpp"
#include "runner/base/failure_counts.hpp"
#include "runner/base/idle_pause.hpp"
#include "runner/bill/bill.hpp"
#include "runner/growth/earlier_inputs.hpp"
#include "runner/growth/growth.hpp"
#include "runner/growth/inputs_file.hpp"
#include "runner/growth/sealed_cells.hpp"
#include "runner/growth/sealed_files.hpp"
#include "runner/stages/committed.hpp"
#include "runner/stages/seal.hpp"
#include "runner/work/provenance.hpp"
#include "runner/work/unlocked_run.hpp"
#include "storage/files/reading_lock.hpp"
#include "storage/results/activation_files.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

constexpr double kLook = 1;  // s between looks for a request to stop

std::string new_run_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

// The end of the time by the clock that never goes back, and somewhat earlier:
// results have to be flushed and ranks to leave, and Slurm is not punctual.
std::optional<double> until_here(std::optional<double> until) {
  constexpr double kGoodbyes = 30;  // s
  if (!until) return std::nullopt;
  return monotonic_seconds() + (*until - unix_seconds()) - kGoodbyes;
}

// What the user should know before it is computed; pairs that no number will
// be of, among it.
void print_notes(const Plan& plan) {
  for (const std::string& note : plan.notes) fmt::print("note {}\n", note);
  for (std::size_t b = 0; b < plan.behaviours.size(); ++b) {
    const std::size_t n = plan.behaviours[b].left_out.size();
    if (n == 0 || is_of_told_pairs(plan, BehaviourIndex(b))) continue;
    fmt::print(
        "note behaviour {}: {} of {} pairs are left out (coxswain plan "
        "says why)\n",
        plan.data[b].behaviour, n, plan.behaviours[b].lines);
  }
  std::fflush(stdout);  // before progress, into whatever it goes
}

}  // namespace

RunParts program_parts() {
  RunParts parts;
  parts.make_executor = jobs::make_executor;
  parts.reached = [](FaultPoint) {};
  return parts;
}

Run::Run(Plan plan, storage::RunDirectory directory, const StartRules& rules,
         std::optional<Calibration> calibration, Farewell& farewell)
    : plan_(std::move(plan)),
      directory_(std::move(directory)),
      calibration_(std::move(calibration)),
      farewell_(farewell) {
  blame(ExitCode::foreign_run, [&] { directory_.refuse_foreign(); });
  refuse_other_sweep();  // before anything is written there
  mind_sealed(rules.if_changed);
  directory_.create();
  if (rules.if_in_use == IfInUse::take_over) directory_.remove_lock();
  lock_.emplace(directory_, cluster::process_name());
  if (rules.if_in_use == IfInUse::take_over) {
    lock_->sign();
  } else {
    sign_unlocked(directory_, *lock_);
  }
  // Read again under the lock: what another process committed until it let go
  // is in the journal now.
  refuse_other_sweep();
  mind_sealed(rules.if_changed);
  date_choices(directory_, state_.identity.name.empty(), plan_);
  directory_.remove_leftovers();
  directory_.forget_stop();
  tell_damage();
  drop_lost(plan_, directory_, state_);
  // Only where sealing would follow at once, which reads everything anyway.
  if (complete() && !sealed_already()) {
    drop_unreadable(plan_, directory_, state_);
  }
  sealed_before_ =
      !all_tasks_done() && sealed_by_earlier_program(directory_, plan_, state_);
  std::error_code ignored;
  fs::remove(directory_.exit_file(), ignored);
  count_kept();
}

ExitCode Run::go(const Workers& workers, const RunParts& parts) {
  ExitCode code = ExitCode::done;
  if (!complete()) {
    note_inputs();
    print_notes(plan_);
    code = compute(workers, parts);
  } else {
    release_workers(workers.channel);
    workers_are_ = WorkersAre::gone;
  }
  if (code == ExitCode::done && failed_cells(plan_, state_) > 0) {
    code = ExitCode::quarantined;
  }
  parts.reached(FaultPoint::computing_over);
  const bool left = code == ExitCode::drained || code == ExitCode::out_of_time;
  if (!left) seal_if_changed(parts.reached);
  return code;
}

std::string Run::given_up() const {
  FailureCounts kinds;
  std::size_t n = 0;
  for (const PlannedTask& task : plan_.tasks) {
    const auto failure = state_.quarantined.find(task.key);
    if (failure == state_.quarantined.end()) continue;
    ++n;
    if (!failure->second.reason.empty()) ++kinds[failure->second.kind];
  }
  const std::uint64_t cells = failed_cells(plan_, state_);
  std::string sentence;
  if (n > 0) {
    sentence = fmt::format(
        "{} of {} tasks were given up, and what depends on them is missing "
        "(failures: {})",
        n, plan_.tasks.size(), text_of(kinds));
  }
  if (cells > 0) {
    sentence += fmt::format(
        "{}{} without numbers: logits that are infinite, or not a number (a "
        "smaller multiplier may help), a method that failed on its vector, or "
        "no vector; tables/cells says which",
        n > 0 ? "; " : "", counted(cells, "cell"));
  }
  return sentence;
}

void Run::count_kept() {
  farewell_.keeps(directory_.path(), tasks_done(plan_, state_).size(),
                  plan_.tasks.size());
}

bool Run::complete() const { return sealed_before_ || all_tasks_done(); }

bool Run::all_tasks_done() const {
  return tasks_done(plan_, state_).size() == plan_.tasks.size();
}

void Run::write_exit(ExitCode code, const std::string& sentence) {
  write_exit_file(directory_.exit_file(), code, sentence);
  directory_.forget_stop();
  if (bulletin_) bulletin_->tell(RunPhase::ended);
}

void Run::tell_damage() const {
  for (const storage::RecordDamage& damage : state_.damaged) {
    fmt::print(stderr,
               "warning: {}: damaged from byte {} on, {} bytes, although more "
               "was written after them; what they held is computed again\n",
               damage.file, damage.offset, damage.following);
  }
}

void Run::refuse_other_sweep() {
  state_ = storage::replay_journal(directory_.journal_folder());
  const std::string& name = state_.identity.name;
  if (!name.empty() && name != plan_.sweep.name) {
    throw ProgramError(
        ExitCode::foreign_run,
        fmt::format("{}: the run of a sweep named \"{}\", expected \"{}\"; "
                    "name another run directory with --out",
                    directory_.path(), name, plan_.sweep.name));
  }
}

// Results of other files are not replaced unasked; under the lock they get
// another name where that was asked for.
void Run::mind_sealed(IfChanged if_changed) const {
  std::optional<SealedInputs> sealed;
  try {
    sealed = read_sealed_inputs(directory_);
  } catch (const storage::FileHeld&) {
    // Who seals meets whoever holds it, and says so.
  }
  if (!sealed) return;
  const auto changed = changed_files(*sealed, plan_);
  if (changed.empty()) return;
  if (if_changed == IfChanged::refuse) throw refusal_of(changed, directory_);
  if (!lock_) return;
  fmt::print("{} is of other files, and is kept as {}\n", directory_.results(),
             keep_results(directory_));
}

// Says what is there and why the rest is computed, where a start before left
// anything; and what this start is made of is known from now on.
void Run::note_inputs() {
  const std::vector<TaskFacts> facts = facts_of(plan_);
  if (!state_.identity.name.empty()) {
    Earlier earlier = earlier_inputs(directory_, state_, plan_);
    if (!state_.commits.empty()) {
      fmt::print("{}", text_of(growth_of(plan_, facts,
                                         standings_of(plan_, facts, state_),
                                         earlier, directory_.path())));
    }
    inputs_ = std::move(earlier.inputs);
  }
  add_start(inputs_, inputs_of(plan_, facts));
}

// What the whole sweep should take goes into run.json, what is left for this
// start into status.json.
void Run::predict(int workers) {
  const Calibration* known = calibration_ ? &*calibration_ : nullptr;
  record_prediction(directory_, make_bill(plan_, known, workers));
  if (known == nullptr) return;
  assert(bulletin_);
  bulletin_->predicted_seconds(
      seconds_left(plan_, *known, tasks_done(plan_, state_), workers));
}

ExitCode Run::compute(const Workers& workers, const RunParts& parts) {
  const storage::RunIdentity identity{
      plan_.sweep.name,
      state_.identity.id.empty() ? new_run_id() : state_.identity.id,
      plan_.sweep.effective};
  // Before the journal is there to be seen: a signal must not be lost.
  const cluster::ScopedDrainSignals signals;
  storage::Journal journal(directory_.journal_folder(), state_, identity);
  Provenance provenance(directory_, identity, journal.epoch(),
                        workers.channel.size() - 1);
  workers_are_ = WorkersAre::working;
  CoordinatorOptions options{
      parts.policy,      parts.heartbeat,         parts.goodbye, parts.reached,
      monotonic_seconds, until_here(parts.until), parts.kinds};
  record_plan(directory_, plan_);
  write_inputs(directory_, inputs_);
  record_call(directory_, farewell_.call());
  bulletin_.emplace(plan_, directory_, identity, state_, journal.epoch(),
                    standard_error(), calibration_ ? &*calibration_ : nullptr);
  if (parts.until) bulletin_->allocation_end(*parts.until);
  predict(workers.channel.size() - 1);
  Coordinator coordinator(plan_, state_, journal, directory_, workers.channel,
                          *bulletin_, std::move(options));
  drive(coordinator, workers, signals);
  const WorkerAccounts& accounts = coordinator.accounts();
  if (coordinator.scheduler().crew().count(WorkerState::left) ==
      accounts.size()) {
    workers_are_ = WorkersAre::gone;
  }
  count_kept();
  provenance.finish(plan_, state_, accounts);
  if (!coordinator.scheduler().finished()) {
    return coordinator.scheduler().out_of_time() ? ExitCode::out_of_time
                                                 : ExitCode::drained;
  }
  return coordinator.scheduler().quarantined() > 0 ? ExitCode::quarantined
                                                   : ExitCode::done;
}

// Until the coordinator is finished; it drains once somebody asks, or the time
// is up.
void Run::drive(Coordinator& coordinator, const Workers& workers,
                const cluster::ScopedDrainSignals& signals) {
  const Scheduler& scheduler = coordinator.scheduler();
  IdlePause pause;
  double looked = 0;
  bool told = false;
  std::size_t done = scheduler.done();
  for (bool busy = true; !coordinator.finished();) {
    std::string who;
    if (signals.asked()) who = signals.asked_by();
    if (who.empty() && monotonic_seconds() - looked > kLook) {
      looked = monotonic_seconds();
      if (directory_.stop_asked()) who = "coxswain stop";
    }
    if (!who.empty()) coordinator.drain();
    if (scheduler.out_of_time()) who = "--until";
    if (!who.empty() && !std::exchange(told, true)) tell_drain(who, scheduler);
    const bool mine = coordinator.turn();
    // Few tasks end in a drain: what a second Ctrl-C says keeps up with them.
    if (told && std::exchange(done, scheduler.done()) != done) count_kept();
    busy = workers.pass_time(pause.after(busy || mine)) || mine;
  }
}

void Run::tell_drain(const std::string& who, const Scheduler& scheduler) {
  count_kept();
  bulletin_->note(farewell_.drains(who, scheduler.leased()));
  // mpirun ends its ranks a second after it has told them.
  const bool by_signal = who != "coxswain stop" && who != "--until";
  if (by_signal && !farewell_.call().launcher.empty()) {
    bulletin_->note(farewell_.next());
  }
}

// The sealed file is kept if it is made of the very same results, in today's
// format.
bool Run::sealed_already() const {
  if (!fs::exists(directory_.results())) return false;
  try {
    const storage::H5File file = storage::H5File::open(directory_.results());
    return file.integer_attribute("/", "format_version") ==
               storage::kResultsFormatVersion &&
           file.text_attribute("/", "sweep_digest") ==
               plan_.tables.origin.sweep_digest &&
           file.read_text("sweep") == plan_.tables.origin.sweep &&
           file.text_attribute("/", "contents") == contents_of(plan_, state_) &&
           storage::activation_files_are_there(directory_.path(), file);
  } catch (const storage::FileHeld&) {
    throw;  // what somebody writes into it is not replaced unseen
  } catch (const storage::StorageError&) {
    return false;  // damaged: it is sealed again
  }
}

void Run::seal_if_changed(const FaultHook& reached) {
  const std::size_t done = tasks_done(plan_, state_).size();
  const std::string of =
      fmt::format("{} of {} tasks", done, plan_.tasks.size());
  const std::string next =
      "next: coxswain report " + cluster::shell_word(directory_.path()) + "\n";
  if (sealed_before_) {
    outcome_ = fmt::format(
        "nothing to compute: {} has every cell of the sweep, as an earlier "
        "program computed it; --out names a directory for this one's\n{}",
        directory_.results(), next);
    return;
  }
  if (sealed_already()) {
    outcome_ = fmt::format("nothing to compute: {} are in {}\n{}", of,
                           directory_.results(), next);
    return;
  }
  farewell_.seals();
  if (bulletin_) bulletin_->tell(RunPhase::sealing);
  seal(plan_, state_, directory_);
  reached(FaultPoint::sealed);
  outcome_ = fmt::format("{} sealed in {}\n{}", of, directory_.results(), next);
}

}  // namespace coxswain::runner
