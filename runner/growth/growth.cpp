#include "runner/growth/growth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>

#include "runner/base/counted.hpp"
#include "runner/growth/field_words.hpp"
#include "runner/stages/reuse.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// More of a list are counted.
constexpr std::size_t kNamed = 8;
// Causes of one stage that a line has room for.
constexpr std::size_t kCauses = 4;

std::string named(const std::vector<std::string>& values) {
  const std::size_t n = std::min(kNamed, values.size());
  std::string text = fmt::format(
      "{}", fmt::join(values.begin(),
                      values.begin() + static_cast<std::ptrdiff_t>(n), ", "));
  if (n < values.size()) text += fmt::format(" ... {}", values.back());
  return text;
}

// "new multiplier 4", "3 new multipliers (-2, 0.5, 4)", "8 new test items of
// words".
std::string values_text(const Cause& cause, const std::string& adjective,
                        const std::string& owner) {
  const FieldWords words = words_of_field(cause.field);
  const auto& values = cause.values.list();
  if (words.kind == FieldKind::unnamed) {
    return counted(values.size(), adjective + words.one) + owner;
  }
  if (values.size() == 1) {
    return fmt::format("{}{} {}{}", adjective, words.one, values.front(),
                       owner);
  }
  return fmt::format("{}{} ({})", counted(values.size(), adjective + words.one),
                     owner, named(values));
}

std::string setting_text(const Cause& cause, const std::string& owner) {
  const FieldWords words = words_of_field(cause.field);
  if (words.kind == FieldKind::digest) {
    return cause.field == field::kOwnVector
               ? fmt::format("{} {} changed", words.one, cause.of)
               : fmt::format("file of {} {} changed", words.one, cause.of);
  }
  if (cause.field == field::kVersion) {
    return fmt::format("the program is another one ({} of version {}, was {})",
                       cause.of, cause.now, cause.before);
  }
  if (cause.field == field::kSettings) {
    return fmt::format("settings of SAE {} changed", cause.of);
  }
  const auto shown = [](const std::string& text) {
    return text.empty() ? std::string("\"\"") : storage::printable(text);
  };
  return fmt::format("{}{} {} -> {}", words.one, owner, shown(cause.before),
                     shown(cause.now));
}

void add(StageGrowth& stage, const Cause& cause) {
  const auto same = std::ranges::find_if(
      stage.causes,
      [&](const CountedCause& one) { return one.cause.same_as(cause); });
  if (same == stage.causes.end()) {
    stage.causes.push_back({cause, 1});
    return;
  }
  same->cause.values.add(cause.values);
  ++same->tasks;
}

bool goes_on(const StageGrowth& stage) {
  return std::ranges::all_of(stage.causes, [](const CountedCause& one) {
    return one.cause.kind == CauseKind::not_yet;
  });
}

// "evaluate 12 of 30 tasks: 3 new multipliers (-2, 0.5, 4)"
std::string line_of(const StageGrowth& stage) {
  std::string line =
      fmt::format("  {} {}{} of {}", name_of(stage.kind),
                  stage.unknown > 0 ? "at most " : "", stage.to_compute,
                  counted(stage.tasks, "task"));
  if (stage.cells_known > 0) {
    line += fmt::format(" ({} of {} cells)", stage.cells - stage.cells_known,
                        stage.cells);
  }
  for (std::size_t i = 0; i < stage.causes.size() && i < kCauses; ++i) {
    const auto& [cause, tasks] = stage.causes[i];
    line += i == 0 ? ": " : "; ";
    if (tasks < stage.to_compute) line += fmt::format("{}: ", tasks);
    line += text_of(cause);
  }
  if (stage.causes.size() > kCauses) {
    line += fmt::format("; {} more reasons", stage.causes.size() - kCauses);
  }
  return line + "\n";
}

Standing state_of(Outlook outlook) {
  switch (outlook) {
    case Outlook::done:
      return Standing::there;
    case Outlook::reused:
      return Standing::same_content;
    case Outlook::computed:
      return Standing::to_compute;
    case Outlook::unknown:
      break;
  }
  return Standing::unknown;
}

}  // namespace

std::vector<TaskStanding> standings_of(const Plan& plan,
                                       const std::vector<TaskFacts>& facts,
                                       const storage::JournalState& journal) {
  assert(facts.size() == plan.tasks.size());
  const std::vector<TaskOutlook> outlooks = look_ahead(plan, journal);
  std::vector<TaskStanding> standings;
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    const PlannedTask& task = plan.tasks[i];
    const TaskOutlook& outlook = outlooks[i];
    const bool unread =
        !unread_files(facts[i]).empty() ||
        std::ranges::any_of(task.inputs, [&](const TaskIndex input) {
          return at(standings, input).unread;
        });
    TaskStanding standing{state_of(outlook.outlook), outlook.cells,
                          outlook.cells_known, unread};
    if (standing.state != Standing::there) {
      if (unread) {
        standing = {Standing::unknown, 0, 0, true};
      } else if (journal.quarantined.contains(task.key)) {
        standing.state = Standing::given_up;
      }
    }
    standings.push_back(standing);
  }
  return standings;
}

Growth growth_of(const Plan& plan, const std::vector<TaskFacts>& facts,
                 const std::vector<TaskStanding>& standings,
                 const Earlier& earlier, const std::string& run) {
  Growth growth;
  growth.run = run;
  growth.tasks = plan.tasks.size();
  growth.notes = earlier.notes;
  for (const jobs::TaskKind kind : jobs::kinds_in_order()) {
    StageGrowth stage;
    stage.kind = kind;
    growth.stages.push_back(stage);
  }
  const auto causes = causes_of(plan, facts, standings, earlier);
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    const auto stage = std::ranges::find(
        growth.stages, jobs::kind_of(plan.tasks[i].task), &StageGrowth::kind);
    assert(stage != growth.stages.end());
    ++stage->tasks;
    growth.there += standings[i].state == Standing::there;
    growth.same_content += standings[i].state == Standing::same_content;
    if (causes[i].empty()) continue;
    ++stage->to_compute;
    stage->unknown += standings[i].state == Standing::unknown;
    growth.unknown += standings[i].state == Standing::unknown;
    stage->cells += standings[i].cells;
    stage->cells_known += standings[i].cells_known;
    for (const Cause& one : causes[i]) add(*stage, one);
  }
  std::erase_if(growth.stages,
                [](const StageGrowth& one) { return one.tasks == 0; });
  for (StageGrowth& stage : growth.stages) {
    std::ranges::stable_sort(stage.causes, std::ranges::greater{},
                             &CountedCause::tasks);
  }
  return growth;
}

std::string text_of(const Cause& cause) {
  const std::string owner = cause.of.empty() ? "" : " of " + cause.of;
  switch (cause.kind) {
    case CauseKind::value_new:
      return values_text(cause, "new ", owner);
    case CauseKind::value_gone:
      return "without " + values_text(cause, "", owner);
    case CauseKind::setting:
      return setting_text(cause, owner);
    case CauseKind::file_unread:
      return fmt::format("file of {} {} was not read since it changed",
                         words_of_field(cause.field).one, cause.of);
    case CauseKind::stage_new:
      return "not asked for before";
    case CauseKind::left_out:
      return "[only] and [[exclude]] were others";
    case CauseKind::given_up:
      return "given up before, tried again";
    case CauseKind::not_yet:
      return "not computed yet";
    case CauseKind::not_noted:
      return "not computed yet, or of other files or an older program";
  }
  return "";
}

std::string text_of(const Growth& growth) {
  std::string text = fmt::format("{} of {} are there", growth.there,
                                 counted(growth.tasks, "task"));
  if (growth.same_content > 0) {
    text += fmt::format(", {} more have results that say the same",
                        growth.same_content);
  }
  if (growth.unknown > 0) {
    text += fmt::format(
        "; at most {} are computed, {} depend on bytes not "
        "known yet",
        growth.to_compute(), growth.unknown);
  }
  text += "\n";
  if (!std::ranges::all_of(growth.stages, goes_on)) {
    for (const StageGrowth& stage : growth.stages) {
      if (stage.to_compute > 0) text += line_of(stage);
    }
  }
  for (const std::string& note : growth.notes) {
    text += fmt::format("  note {}\n", note);
  }
  return text;
}

nlohmann::json to_json(const Growth& growth) {
  nlohmann::json stages = nlohmann::json::array();
  for (const StageGrowth& stage : growth.stages) {
    nlohmann::json causes = nlohmann::json::array();
    for (const auto& [cause, tasks] : stage.causes) {
      causes.push_back({{"cause", text_of(cause)}, {"tasks", tasks}});
    }
    stages.push_back({{"kind", name_of(stage.kind)},
                      {"tasks", stage.tasks},
                      {"to_compute", stage.to_compute},
                      {"unknown", stage.unknown},
                      {"cells", stage.cells},
                      {"cells_known", stage.cells_known},
                      {"causes", std::move(causes)}});
  }
  return {{"run", growth.run},
          {"tasks", growth.tasks},
          {"there", growth.there},
          {"same_content", growth.same_content},
          {"to_compute", growth.to_compute()},
          {"unknown", growth.unknown},
          {"stages", std::move(stages)},
          {"notes", growth.notes}};
}

}  // namespace coxswain::runner
