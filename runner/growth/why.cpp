#include "runner/growth/why.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "runner/base/counted.hpp"
#include "runner/growth/field_words.hpp"
#include "runner/growth/growth.hpp"

namespace coxswain::runner {
namespace {

// What is chosen of the tasks of one kind, while they are counted.
struct Selected {
  WhyStage counts;
  std::vector<std::pair<Cause, std::size_t>> causes;  // and tasks
  Facts before;  // what the field of a cause had, by field
};

// Whether the task as a whole is among what is chosen: by its subject, and by
// what it is made of where that is told by cells alone.
bool keeps(Selection& selection, const TaskFacts& task) {
  CellTraits traits;
  traits.model = task.subject.model;
  traits.behaviour = task.subject.behaviour;
  traits.sae = task.subject.sae;
  const auto layers = task.facts.find(field::kLayer);
  if (layers == task.facts.end()) return selection.keeps(traits);
  return std::ranges::any_of(layers->second.list(), [&](const auto& layer) {
    traits.layer = std::stoi(layer);
    return selection.keeps(traits);
  });
}

std::int64_t cells_of(Selection& selection, const TaskFacts& task) {
  std::int64_t cells = 0;
  for (CellTraits row : *task.rows) {
    if (task.multipliers.empty()) cells += selection.keeps(row) ? 1 : 0;
    for (const double multiplier : task.multipliers) {
      row.multiplier = multiplier;
      if (selection.keeps(row)) cells += task.items;
    }
  }
  return cells;
}

// Values of the cells' own properties that were not asked about say why the
// task is computed again, and not why these cells are new.
template <class T>
bool is_about(const std::vector<T>& chosen, const Values& values) {
  return chosen.empty() || std::ranges::any_of(chosen, [&](const T& one) {
           return values.has(fmt::format("{}", one));
         });
}
bool is_about(const CellChoice& choice, const Cause& cause) {
  if (cause.kind != CauseKind::value_new) return true;
  if (cause.field == field::kLayer)
    return is_about(choice.layers, cause.values);
  if (cause.field == field::kMultiplier) {
    return is_about(choice.multipliers, cause.values);
  }
  if (cause.field == field::kMethod) {
    return is_about(choice.methods, cause.values);
  }
  if (cause.field == field::kVariant) {
    return is_about(choice.variants, cause.values);
  }
  if (cause.field == field::kOperation) {
    return is_about(choice.operations, cause.values);
  }
  if (cause.field == field::kBehaviour) {
    return is_about(choice.behaviours, cause.values);
  }
  if (cause.field == field::kSae) return is_about(choice.saes, cause.values);
  return true;
}

// "multiplier 4 is new (earlier: -1, 0, 1)", "SHA-256 of model toy was X, is
// Y".
std::string reason(const Cause& cause, const Values& before, bool own) {
  const FieldWords words = words_of_field(cause.field);
  if (cause.kind == CauseKind::setting && words.kind == FieldKind::digest) {
    return fmt::format("SHA-256 of {} {} was {}, is {}", words.one, cause.of,
                       cause.before, cause.now);
  }
  if (cause.kind == CauseKind::setting && cause.field == field::kSettings) {
    return fmt::format("settings of SAE {} were {}, are {}", cause.of,
                       cause.before, cause.now);
  }
  std::string text = text_of(cause);
  if (cause.kind == CauseKind::value_new && words.kind == FieldKind::listed &&
      !before.empty()) {
    constexpr std::size_t kMostNamed = 12;
    const auto& list = before.list();
    const std::size_t n = std::min(kMostNamed, list.size());
    text += fmt::format(
        "; earlier: {}{}",
        fmt::join(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(n),
                  ", "),
        n < list.size() ? " ..." : "");
  }
  if (!own) text += "; its tasks have these cells in them, too";
  return text;
}

void add(Selected& stage, const Cause& cause) {
  for (auto& [known, tasks] : stage.causes) {
    if (!known.same_as(cause)) continue;
    known.values.add(cause.values);
    ++tasks;
    return;
  }
  stage.causes.emplace_back(cause, 1);
}

std::string head_of(const WhyStage& stage) {
  const std::size_t left = stage.tasks - stage.tasks_there;
  const auto there = [&stage](const auto& some, const auto& all,
                              const char* what) {
    return fmt::format("  {}: {} of {} {} there", name_of(stage.kind), some,
                       counted(all, what), all == 1 ? "is" : "are");
  };
  if (stage.cells == 0)
    return there(stage.tasks_there, stage.tasks, "task") + "\n";
  return there(stage.cells_there, stage.cells, "cell") +
         (left == 0
              ? std::string()
              : fmt::format(", the others are of {}", counted(left, "task"))) +
         "\n";
}

}  // namespace

std::vector<std::string> selectors_of(const std::string& text) {
  std::vector<std::string> selectors;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(',', from), text.size());
    const std::string piece = text.substr(from, to - from);
    if (selectors.empty() || piece.find('=') != std::string::npos) {
      selectors.push_back(piece);
    } else {
      selectors.back() += "," + piece;
    }
    from = to + 1;
  }
  return selectors;
}

std::vector<WhyStage> why_of(const Plan& plan,
                             const std::vector<TaskFacts>& facts,
                             const std::vector<TaskStanding>& standings,
                             const Earlier& earlier, const CellChoice& choice) {
  const auto causes = causes_of(plan, facts, standings, earlier);
  Selection selection(choice, {});
  std::map<jobs::TaskKind, Selected> stages;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const TaskFacts& task = facts[i];
    const std::int64_t cells = task.rows ? cells_of(selection, task) : 0;
    if (task.rows ? cells == 0 : !keeps(selection, task)) continue;
    Selected& stage = stages[jobs::kind_of(plan.tasks[i].task)];
    const bool there = causes[i].empty();
    ++stage.counts.tasks;
    stage.counts.cells += cells;
    stage.counts.tasks_there += there ? 1 : 0;
    stage.counts.cells_there += there ? cells : 0;
    for (const Cause& one : causes[i]) add(stage, one);
    const auto group = earlier.inputs.groups.find(task.subject);
    if (group == earlier.inputs.groups.end()) continue;
    for (const Cause& one : causes[i]) {
      const auto before = group->second.find(one.field);
      if (before != group->second.end()) {
        stage.before[one.field].add(before->second);
      }
    }
  }
  std::vector<WhyStage> why;
  for (const jobs::TaskKind kind : jobs::kinds_in_order()) {
    const auto found = stages.find(kind);
    if (found == stages.end()) continue;
    Selected& stage = found->second;
    why.push_back(std::move(stage.counts));
    why.back().kind = kind;
    for (const auto& [cause, tasks] : stage.causes) {
      why.back().reasons.push_back(
          {tasks,
           reason(cause, stage.before[cause.field], is_about(choice, cause))});
    }
  }
  return why;
}

std::string text_of(const std::vector<WhyStage>& why) {
  std::string text;
  for (const WhyStage& stage : why) {
    text += head_of(stage);
    for (const auto& [tasks, words] : stage.reasons) {
      text += fmt::format("    {}{}\n",
                          tasks < stage.tasks - stage.tasks_there
                              ? counted(tasks, "task") + ": "
                              : std::string(),
                          words);
    }
  }
  return text.empty() ? "  no such cells\n" : text;
}

nlohmann::json to_json(const std::vector<WhyStage>& why) {
  nlohmann::json all = nlohmann::json::array();
  for (const WhyStage& stage : why) {
    nlohmann::json reasons = nlohmann::json::array();
    for (const auto& [tasks, words] : stage.reasons) {
      reasons.push_back({{"tasks", tasks}, {"reason", words}});
    }
    all.push_back({{"kind", name_of(stage.kind)},
                   {"tasks", stage.tasks},
                   {"tasks_there", stage.tasks_there},
                   {"cells", stage.cells},
                   {"cells_there", stage.cells_there},
                   {"reasons", std::move(reasons)}});
  }
  return all;
}

}  // namespace coxswain::runner
