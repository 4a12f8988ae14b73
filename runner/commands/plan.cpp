
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "cluster/slurm.hpp"
#include "jobs/device/product_rates.hpp"
#include "jobs/executor/executor.hpp"
#include "runner/base/scoped_folder.hpp"
#include "runner/bill/bill.hpp"
#include "runner/bill/bill_text.hpp"
#include "runner/bill/calibrate.hpp"
#include "runner/commands/call_words.hpp"
#include "runner/commands/commands.hpp"
#include "runner/commands/machine_rates.hpp"
#include "runner/commands/run_outlook.hpp"
#include "runner/plan/behaviour_input.hpp"
#include "runner/plan/remembered_digests.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {

namespace {

// "line 3", "lines 3, 7, 9 ..."
std::string line_list(const std::vector<int>& lines) {
  constexpr std::size_t kNamed = 8;
  const std::size_t n = std::min(kNamed, lines.size());
  return fmt::format(
      "line{} {}{}", lines.size() == 1 ? "" : "s",
      fmt::join(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(n),
                ", "),
      lines.size() > n ? " ..." : "");
}

std::string own_text(const PlannedOwnVector& own, const DataBill& data) {
  if (own.method) {
    return fmt::format("a vector by {}, of the same pairs; {}", own.entry,
                       items_text(data));
  }
  return fmt::format("a vector from a file, layer{} {}{}; {} test",
                     own.layers.size() == 1 ? "" : "s",
                     fmt::join(own.layers, ", "),
                     own.together ? " together" : "", data.test);
}

void print_behaviours(const Plan& plan, const std::vector<DataBill>& data) {
  for (std::size_t b = 0; b < plan.behaviours.size(); ++b) {
    const jobs::Behaviour& behaviour = plan.behaviours[b];
    const PlannedOwnVector* own = own_vector_of(plan, BehaviourIndex(b));
    fmt::print("  {}{}: {}\n", data[b].behaviour,
               plan.models.size() > 1 ? " @ " + data[b].model : "",
               own == nullptr ? items_text(data[b]) : own_text(*own, data[b]));
    if (data[b].stored || is_of_told_pairs(plan, BehaviourIndex(b))) continue;
    fmt::print("    {}\n", clusters_text(data[b]));
    std::map<std::string, std::vector<int>> reasons;
    for (const jobs::LeftOut& one : behaviour.left_out) {
      reasons[one.reason].push_back(one.line + 1);
    }
    constexpr std::size_t kNamed = 8;
    std::size_t n = 0, unnamed = 0;
    for (const auto& [reason, lines] : reasons) {
      if (n++ < kNamed) {
        fmt::print("    {} left out ({}): {}\n", lines.size(), line_list(lines),
                   reason);
      } else {
        unnamed += lines.size();
      }
    }
    if (unnamed > 0) fmt::print("    {} more left out\n", unnamed);
  }
}

Sweep sweep_of(const PlanOptions& options) {
  const SweepChoice& from = options.from;
  return read_sweep(from.sweep, from.hub, from.overrides);
}

Plan checked_plan(const Sweep& sweep, const DigestSource& digests) {
  Plan plan = make_plan(sweep, digests);
  require_marks(plan);
  return plan;
}

void measure(const PlanOptions& options, const Plan& plan) {
  if (options.cache.empty()) {
    throw ProgramError(ExitCode::storage,
                       "no place to keep a calibration; set XDG_CACHE_HOME or "
                       "HOME to a folder");
  }
  const ScopedFolder scratch(
      fmt::format("{}/calibrating-{}", options.cache, ::getpid()));
  const auto executor = jobs::make_executor(plan.sweep.threads);
  keep_calibration(calibration_file(options.cache),
                   calibrate(plan, *executor, scratch.path()));
}

// Such a command on the same cells.
std::string call_of(const char* command, const PlanOptions& options) {
  const SweepChoice& from = options.from;
  std::string line =
      fmt::format("coxswain {} {}", command, cluster::shell_word(from.sweep));
  for (const std::string& word : words_of(from.overrides)) {
    line += " " + cluster::shell_word(word);
  }
  if (!options.out.empty()) {
    line += " --out " + cluster::shell_word(options.out);
  }
  return line;
}

// What is known of this machine; what is wrong with it is a note.
std::optional<Calibration> known_calibration(const PlanOptions& options,
                                             Plan& plan) {
  if (options.cache.empty()) return std::nullopt;
  try {
    const auto all = read_calibrations(calibration_file(options.cache));
    const CalibrationKey key = calibration_key(plan);
    const Calibration* found = find_calibration(all, key);
    if (found == nullptr) return std::nullopt;
    if (found->numerics != key.numerics) {
      plan.notes.push_back("times are those of another machine, " +
                           found->numerics + " on " + found->host);
    }
    return *found;
  } catch (const storage::StorageError& error) {
    plan.notes.emplace_back(error.what());
    return std::nullopt;
  }
}

// The cells that --why asks for; their names are tried as those of --only.
CellChoice asked_about(const PlanOptions& options) {
  SweepChoice from = options.from;
  for (const std::string& text : options.why) {
    for (const std::string& one : selectors_of(text)) {
      from.overrides.only.push_back(one);
    }
  }
  return options.why.empty()
             ? CellChoice()
             : read_sweep(from.sweep, from.hub, from.overrides).only;
}

}  // namespace

ExitCode print_effective(const PlanOptions& options) {
  fmt::print("{}",
             checked_plan(sweep_of(options), *digests_at_hand(options.cache))
                 .sweep.effective);
  return ExitCode::done;
}

ExitCode print_plan(const PlanOptions& options) {
  const Sweep sweep = sweep_of(options);
  std::optional<ExistingRun> there = existing_run(
      run_directory_of(options.out, sweep.folder, sweep.name), sweep.name);
  std::set<std::string> unread;
  Plan plan =
      checked_plan(sweep, there ? *digests_to_compare(options.cache, unread)
                                : *digests_at_hand(options.cache));
  std::optional<RunOutlook> outlook;
  if (there) {
    outlook =
        look_at_run(std::move(*there), plan, unread, asked_about(options));
  }
  if (options.calibrate) measure(options, plan);
  const auto calibration = known_calibration(options, plan);
  const Bill bill =
      make_bill(plan, calibration ? &*calibration : nullptr, options.workers);
  const jobs::ProductRates rates = jobs::product_rates();
  if (options.json) {
    nlohmann::json all = to_json(bill);
    all["products"] = {{"float32", rates.float32},
                       {"bfloat16", rates.bfloat16}};
    all["notes"] = plan.notes;
    all["run"] = outlook ? to_json(outlook->growth) : nlohmann::json();
    if (!options.why.empty()) {
      all["why"] = outlook ? to_json(outlook->why) : nlohmann::json();
    }
    fmt::print("{}\n", all.dump(1));
    return ExitCode::done;
  }
  fmt::print("{}", text_of(bill));
  print_behaviours(plan, bill.data);
  fmt::print("  {}\n", rates_text(rates));
  for (const std::string& note : plan.notes) {
    fmt::print("  note {}\n", note);
  }
  if (outlook) {
    fmt::print("{}: {}", outlook->growth.run, text_of(outlook->growth));
  }
  if (!options.why.empty()) {
    fmt::print(
        "why {}\n{}", fmt::join(options.why, " "),
        outlook ? text_of(outlook->why) : "  there is no run: all is new\n");
  }
  if (!calibration) {
    fmt::print("times are unknown here: {}\n",
               call_of("plan --calibrate", options));
  }
  fmt::print("next: {}\n", call_of("run", options));
  return ExitCode::done;
}

}  // namespace coxswain::runner
