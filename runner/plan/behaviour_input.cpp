#include "runner/plan/behaviour_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "jobs/model/templates/chat_template.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/plan/result_rows.hpp"
#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::runner {
namespace {

jobs::Behaviour prepared(const Sweep& sweep, const DataEntry& data,
                         const jobs::ModelHeader& model,
                         const std::string& path) {
  return jobs::prepare_behaviour(
      storage::read_pair_file(path, data.pairs).pairs,
      behaviour_rules(sweep, data), model, path);
}

// One that the model is shown already, from an equal file by the same rules.
BehaviourIndex same_as(const Plan& plan, ModelIndex model,
                       const DataEntry& data, const std::string& digest) {
  for (const BehaviourIndex one : behaviours_of(plan, model)) {
    DataEntry renamed = at(plan.data, one);
    renamed.behaviour = data.behaviour;
    renamed.source = data.source;
    if (renamed == data &&
        at(plan.tables.behaviours, one).digest.str() == digest) {
      return one;
    }
  }
  return {};
}

// One whose marks are no tokens of the model is cut into pieces that mean
// nothing to it.
void require_marks(const ModelEntry& model, const DataEntry& data,
                   const jobs::Tokenizer& tokenizer) {
  const jobs::ChatTemplate chat =
      jobs::known_template(data.prompt.chat_template);
  if (chat.name != data.prompt.chat_template) return;  // spelled out
  std::string unknown;
  for (const std::string& mark : jobs::unknown_marks(chat, tokenizer)) {
    unknown += (unknown.empty() ? "" : ", ") + mark;
  }
  if (unknown.empty()) return;
  throw ProgramError(
      ExitCode::bad_data,
      {data.source, "template " + chat.name,
       unknown + ", which model " + model.id + " has no tokens for",
       "marks that its tokenizer knows",
       "take a template that coxswain check names for it, or spell out the "
       "text if these are meant as plain characters"});
}

// Test questions of one behaviour that another one's vector is made of: copies
// in different files. Equal files are read twice on purpose.
void note_overlap(PlanBuilder& builder, BehaviourIndex test,
                  BehaviourIndex train) {
  const Plan& plan = builder.plan();
  if (at(plan.tables.behaviours, test).digest.str() ==
      at(plan.tables.behaviours, train).digest.str()) {
    return;
  }
  std::set<storage::Key> trained;
  for (const auto& item : at(plan.behaviours, train).train) {
    trained.insert(item.question);
  }
  const auto& items = at(plan.behaviours, test).test;
  const auto n = std::ranges::count_if(
      items, [&](const auto& item) { return trained.contains(item.question); });
  if (n == 0) return;
  builder.add_note(fmt::format(
      "{} of the {} test items of behaviour {} ({}) are copies of training "
      "pairs of behaviour {} ({}): what its vector does to them is no test",
      n, items.size(), at(plan.data, test).behaviour,
      at(plan.data, test).source, at(plan.data, train).behaviour,
      at(plan.data, train).source));
}

void note_data(PlanBuilder& builder, ModelIndex model, BehaviourIndex added) {
  const Plan& plan = builder.plan();
  for (const std::string& note : at(plan.behaviours, added).notes) {
    builder.add_note("behaviour " + at(plan.data, added).behaviour + " (" +
                     at(plan.data, added).source + "): " + note);
  }
  for (const BehaviourIndex one : behaviours_of(plan, model)) {
    if (one == added) continue;
    note_overlap(builder, added, one);
    note_overlap(builder, one, added);
  }
}

}  // namespace

jobs::BehaviourRules behaviour_rules(const Sweep& sweep,
                                     const DataEntry& data) {
  jobs::BehaviourRules rules;
  rules.chat_template = jobs::known_template(data.prompt.chat_template);
  rules.chat_template.strips_answers = data.prompt.strip_answers;
  rules.system = data.prompt.system;
  rules.positions = sweep.steer.positions;
  rules.train_items = data.train_items;
  rules.test_items = data.test_items;
  rules.split = data.split;
  rules.test_clusters = data.test_clusters;
  rules.test_share = data.test_share;
  rules.options = data.options;
  rules.scored = data.scored;
  rules.letters = data.letters;
  // Those of extract tasks need no more than vectors do.
  if (!sweep.keep_activations) rules.strings = sweep.store.tokens;
  return rules;
}

void require_marks(const Plan& plan) {
  for (const PlannedModel& model : plan.models) {
    for (std::size_t i = 0; i < model.n_behaviours; ++i) {
      require_marks(model.entry, plan.data[model.first_behaviour + i],
                    *model.header.tokenizer);
    }
  }
}

bool wants_vectors(PlanBuilder& builder, const std::string& model,
                   const std::string& behaviour) {
  LayerAxis axis{{}, builder.sweep().vector_layers};
  axis.shared.model = model;
  axis.shared.behaviour = behaviour;
  return !builder.kept(axis).empty();
}

jobs::Behaviour read_behaviour(const PlanBuilder& builder, ModelIndex model,
                               const DataEntry& data) {
  return blame(ExitCode::bad_data, [&] {
    return prepared(builder.sweep(), data,
                    at(builder.plan().models, model).header,
                    builder.sweep().resolve(data.source));
  });
}

void add_behaviours(PlanBuilder& builder, ModelIndex model,
                    const DigestSource& digests) {
  const Plan& plan = builder.plan();
  const ModelEntry entry = at(plan.models, model).entry;
  if (!makes(plan.sweep, jobs::VectorMethod::mean_difference)) return;
  for (const DataEntry& one : builder.sweep().data) {
    if (!is_for(one.models, entry)) continue;
    const DataEntry data = shown_to(entry, one);
    const std::string path = builder.sweep().resolve(data.source);
    jobs::Behaviour behaviour = read_behaviour(builder, model, data);
    const std::string digest = digests.file(path);
    if (!wants_vectors(builder, entry.id, data.behaviour)) continue;
    const BehaviourIndex same = same_as(plan, model, data, digest);
    if (same.there()) {
      builder.add_note("behaviour " + data.behaviour + " is behaviour " +
                       at(plan.data, same).behaviour + ": taken once");
      continue;
    }
    const auto row = behaviour_row(0, data, behaviour, digest);
    note_data(builder, model,
              builder.add_behaviour(data, std::move(behaviour), row));
  }
}

void add_stored_behaviours(PlanBuilder& builder, ModelIndex model,
                           const storage::StoredActivations& stored,
                           const std::string& digest) {
  const std::string id = at(builder.plan().models, model).entry.id;
  if (!makes(builder.sweep(), jobs::VectorMethod::mean_difference)) return;
  for (const auto& one : stored.behaviours) {
    if (!wants_vectors(builder, id, one.name)) continue;
    DataEntry data;
    data.behaviour = one.name;
    jobs::Behaviour behaviour;
    behaviour.lines = static_cast<int>(one.n_pairs);
    storage::BehaviourRow row = behaviour_row(0, data, behaviour, digest);
    row.train = static_cast<std::int32_t>(one.n_pairs);
    builder.add_behaviour(data, std::move(behaviour), row);
  }
}

}  // namespace coxswain::runner
