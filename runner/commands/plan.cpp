#include "runner/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
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

ExitCode print_plan(const RunOptions& options) {
  const Plan plan = make_plan(read_sweep(options.sweep, options.hub));
  std::map<jobs::TaskKind, std::pair<int, double>> kinds;
  for (const PlannedTask& task : plan.tasks) {
    auto& [n, flops] = kinds[jobs::kind_of(task.task)];
    ++n;
    flops += task.flops;
  }
  fmt::print("{}   {} behaviours, {} SAEs: {} cells in {} tasks\n",
             plan.sweep.name, plan.behaviours.size(), plan.sweep.saes.size(),
             plan.tables.cells.size(), plan.tasks.size());
  for (const auto& [kind, totals] : kinds) {
    fmt::print("  {:<10}{:>5} tasks {:>8.2f} TFLOP\n", name_of(kind),
               totals.first, totals.second / 1e12);
  }
  for (std::size_t b = 0; b < plan.behaviours.size(); ++b) {
    const jobs::Behaviour& behaviour = plan.behaviours[b];
    if (!plan.sweep.stored.source.empty()) {
      fmt::print("  {}: {} pairs, stored\n", plan.sweep.data[b].behaviour,
                 behaviour.lines);
      continue;
    }
    fmt::print("  {}: {} pairs, {} train, {} test, {} left out\n",
               plan.sweep.data[b].behaviour, behaviour.lines,
               behaviour.train.size(), behaviour.test.size(),
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
