#include "runner/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "runner/commands/commands.hpp"

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

}  // namespace

ExitCode print_effective(const RunOptions& options) {
  const Plan plan =
      make_plan(read_sweep(options.sweep, options.hub, options.overrides));
  fmt::print("{}", plan.sweep.effective);
  return ExitCode::done;
}

ExitCode print_plan(const RunOptions& options) {
  const Plan plan =
      make_plan(read_sweep(options.sweep, options.hub, options.overrides));
  std::map<jobs::TaskKind, std::pair<int, double>> kinds;
  for (const PlannedTask& task : plan.tasks) {
    auto& [n, flops] = kinds[jobs::kind_of(task.task)];
    ++n;
    flops += task.flops;
  }
  const std::string models =
      plan.models.size() > 1 ? fmt::format("{} models, ", plan.models.size())
                             : "";
  std::set<std::string> behaviours;
  for (const DataEntry& data : plan.data) behaviours.insert(data.behaviour);
  fmt::print("{}   {}{} behaviours, {} SAEs: {} cells in {} tasks\n",
             plan.sweep.name, models, behaviours.size(),
             plan.tables.saes.size(), plan.tables.cells.size(),
             plan.tasks.size());
  for (const auto& [kind, totals] : kinds) {
    fmt::print("  {:<10}{:>5} tasks {:>8.2f} TFLOP\n", name_of(kind),
               totals.first, totals.second / 1e12);
  }
  for (std::size_t b = 0; b < plan.behaviours.size(); ++b) {
    const jobs::Behaviour& behaviour = plan.behaviours[b];
    const std::string name =
        plan.data[b].behaviour +
        (plan.models.size() > 1 ? " @ " + plan.data[b].models.front() : "");
    if (!plan.sweep.stored.source.empty()) {
      fmt::print("  {}: {} pairs, stored\n", name, behaviour.lines);
      continue;
    }
    fmt::print("  {}: {} pairs, {} train, {} test, {} left out\n", name,
               behaviour.lines, behaviour.train.size(), behaviour.test.size(),
               behaviour.left_out.size());
    std::map<std::string, std::vector<int>> reasons;
    for (const jobs::LeftOut& one : behaviour.left_out) {
      reasons[one.reason].push_back(one.line + 1);
    }
    for (const auto& [reason, lines] : reasons) {
      fmt::print("    {} left out ({}): {}\n", lines.size(), line_list(lines),
                 reason);
    }
  }
  for (const std::string& note : plan.notes) {
    fmt::print("  note {}\n", note);
  }
  fmt::print("next: coxswain run {}\n", options.sweep);
  return ExitCode::done;
}

}  // namespace coxswain::runner
