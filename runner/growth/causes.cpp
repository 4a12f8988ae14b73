#include "runner/growth/causes.hpp"

#include <algorithm>
#include <cassert>

#include "runner/growth/field_words.hpp"

namespace coxswain::runner {
namespace {

bool is_list(FieldKind kind) {
  return kind == FieldKind::listed || kind == FieldKind::unnamed;
}

// Whether it is told of what depends on a task, too: what a task waits for is
// no reason for others.
bool is_passed_on(const Cause& cause) {
  switch (cause.kind) {
    case CauseKind::value_new:
    case CauseKind::value_gone:
    case CauseKind::setting:
    case CauseKind::file_unread:
      return true;
    case CauseKind::stage_new:
    case CauseKind::left_out:
    case CauseKind::given_up:
    case CauseKind::not_yet:
    case CauseKind::not_noted:
      return false;
  }
  return false;
}

bool is_there(Standing state) {
  return state == Standing::there || state == Standing::same_content;
}

void add(std::vector<Cause>& all, const Cause& cause) {
  const auto same = std::ranges::find_if(
      all, [&](const Cause& one) { return one.same_as(cause); });
  if (same == all.end()) {
    all.push_back(cause);
  } else {
    same->values.add(cause.values);
  }
}

// What a field of a subject belongs to, where a sentence has to say it.
std::string owner_of(const Subject& subject, const std::string& field) {
  if (field == field::kOwnVector) return subject.behaviour;
  if (field == field::kModelFile) return subject.model;
  if (field == field::kSaeFile || field == field::kSettings ||
      field == field::kFit) {
    return subject.sae;
  }
  if (field == field::kVersion) return subject.kind;
  if (words_of_field(field).kind == FieldKind::unnamed ||
      field == field::kTemplate || field == field::kSystem ||
      field == field::kAnswers || field == field::kLetters) {
    return subject.behaviour;
  }
  return "";
}

Values difference(const Values& of, const Values& less) {
  Values left;
  for (const std::string& value : of.list()) {
    if (!less.has(value)) left.add(value);
  }
  return left;
}

const Values& values_at(const Facts& facts, const std::string& field) {
  static const Values kNone;
  const auto found = facts.find(field);
  return found == facts.end() ? kNone : found->second;
}

class CauseFinder {
 public:
  CauseFinder(const std::vector<TaskFacts>& facts, const RunInputs& now,
              const Earlier& earlier)
      : facts_(facts), now_(now), earlier_(earlier) {}

  // Of what the task itself is made of.
  std::vector<Cause> own(std::size_t task) const {
    const Subject& subject = facts_[task].subject;
    const Facts& facts = facts_[task].facts;
    const auto group = earlier_.inputs.groups.find(subject);
    if (earlier_.inputs.groups.empty()) return {};  // nothing is known
    if (group == earlier_.inputs.groups.end()) return {newcomer(subject)};
    std::vector<Cause> causes;
    add_unread(facts_[task], group->second, causes);
    for (const auto& [field, values] : facts) {
      const Values& before = values_at(group->second, field);
      if (is_list(words_of_field(field).kind)) {
        add_values(CauseKind::value_new, subject, field,
                   difference(values, before), causes);
      } else if (field != field::kDataFile) {
        add_setting(subject, field, values, before, causes);
      }
    }
    return causes;
  }

  // Of how what is asked is cut into tasks: of what came or went elsewhere.
  std::vector<Cause> of_cut(std::size_t task) const {
    std::vector<Cause> causes;
    const Subject& subject = facts_[task].subject;
    const auto before = earlier_.inputs.groups.find(subject);
    const auto now = now_.groups.find(subject);
    assert(now != now_.groups.end());
    if (before == earlier_.inputs.groups.end()) return causes;
    for (const auto& [field, values] : now->second) {
      if (!is_list(words_of_field(field).kind)) continue;
      const Values& old = values_at(before->second, field);
      add_values(CauseKind::value_new, subject, field, difference(values, old),
                 causes);
      add_values(CauseKind::value_gone, subject, field, difference(old, values),
                 causes);
    }
    return causes;
  }

  // Of a task that nothing tells from what was asked before.
  Cause otherwise(Standing state) const {
    Cause cause;
    cause.kind = CauseKind::not_yet;
    if (state == Standing::given_up) {
      cause.kind = CauseKind::given_up;
    } else if (!std::ranges::all_of(
                   now_.selections.list(), [&](const std::string& one) {
                     return earlier_.inputs.selections.has(one);
                   })) {
      cause.kind = CauseKind::left_out;
    } else if (!earlier_.noted) {
      cause.kind = CauseKind::not_noted;
    }
    return cause;
  }

 private:
  bool any_before(std::string Subject::*part, const std::string& name) const {
    return std::ranges::any_of(earlier_.inputs.groups, [&](const auto& one) {
      return one.first.*part == name;
    });
  }

  Cause newcomer(const Subject& subject) const {
    const auto of = [](const char* field, const std::string& name) {
      Cause cause;
      cause.kind = CauseKind::value_new;
      cause.field = field;
      cause.values.add(name);
      return cause;
    };
    if (!any_before(&Subject::model, subject.model)) {
      return of(field::kModel, subject.model);
    }
    if (!any_before(&Subject::sae, subject.sae)) {
      return of(field::kSae, subject.sae);
    }
    if (!any_before(&Subject::behaviour, subject.behaviour)) {
      return of(field::kBehaviour, subject.behaviour);
    }
    Cause cause;
    cause.kind = CauseKind::stage_new;
    return cause;
  }

  // What was known of a file, and is not known now, may be anything.
  static void add_unread(const TaskFacts& task, const Facts& before,
                         std::vector<Cause>& causes) {
    for (const std::string& field : unread_files(task)) {
      if (!before.contains(field)) continue;
      Cause cause;
      cause.kind = CauseKind::file_unread;
      cause.field = field;
      cause.of = owner_of(task.subject, field);
      add(causes, cause);
    }
  }

  static void add_values(CauseKind kind, const Subject& subject,
                         const std::string& field, Values values,
                         std::vector<Cause>& causes) {
    if (values.empty()) return;
    Cause cause;
    cause.kind = kind;
    cause.field = field;
    cause.of = owner_of(subject, field);
    cause.values = std::move(values);
    add(causes, cause);
  }

  // A field that no start before noted says nothing.
  static void add_setting(const Subject& subject, const std::string& field,
                          const Values& now, const Values& before,
                          std::vector<Cause>& causes) {
    if (before.empty() || now.empty() || before.has(now.list().front())) return;
    Cause cause;
    cause.kind = CauseKind::setting;
    cause.field = field;
    cause.of = owner_of(subject, field);
    cause.before = before.list().back();
    cause.now = now.list().front();
    add(causes, cause);
  }

  const std::vector<TaskFacts>& facts_;
  const RunInputs& now_;
  const Earlier& earlier_;
};

}  // namespace

std::vector<std::string> unread_files(const TaskFacts& task) {
  const auto has = [&](const char* field) {
    return task.facts.contains(field);
  };
  std::vector<std::string> unread;
  if (has(field::kCompute) && !has(field::kModelFile)) {
    unread.emplace_back(field::kModelFile);
  }
  if (has(field::kSettings) && !has(field::kSaeFile)) {
    unread.emplace_back(field::kSaeFile);
  }
  if (task.subject.kind == jobs::name_of(jobs::kKindOf<jobs::ImportTask>) &&
      !has(field::kStoredFile)) {
    unread.emplace_back(field::kStoredFile);
  }
  return unread;
}

std::vector<std::vector<Cause>> causes_of(
    const Plan& plan, const std::vector<TaskFacts>& facts,
    const std::vector<TaskStanding>& standings, const Earlier& earlier) {
  assert(facts.size() == plan.tasks.size());
  assert(standings.size() == plan.tasks.size());
  const RunInputs now = inputs_of(plan, facts);
  const CauseFinder finder(facts, now, earlier);
  std::vector<std::vector<Cause>> all(plan.tasks.size());
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    if (is_there(standings[i].state)) continue;
    std::vector<Cause> causes = finder.own(i);
    for (const TaskIndex input : plan.tasks[i].inputs) {
      for (const Cause& one : at(all, input)) {
        if (is_passed_on(one)) add(causes, one);
      }
    }
    if (causes.empty()) causes = finder.of_cut(i);
    if (causes.empty()) causes.push_back(finder.otherwise(standings[i].state));
    all[i] = std::move(causes);
  }
  return all;
}

}  // namespace coxswain::runner
