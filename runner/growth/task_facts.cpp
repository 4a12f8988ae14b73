#include "runner/growth/task_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "jobs/decomposition/method_names.hpp"
#include "jobs/steering/answer_readings.hpp"
#include "runner/growth/field_words.hpp"
#include "runner/growth/steered_facts.hpp"
#include "runner/sweep/choice_axes.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::runner {
namespace {

std::string short_hex(const storage::Key& key) {
  return hex(key).substr(0, 16);
}

// Reads a plan's tasks in their order. What a task is about is found through
// those that it depends on: every behaviour has one vector task, in order.
class FactsOfTasks {
 public:
  FactsOfTasks(const Plan& plan, const std::set<std::string>& unread)
      : plan_(plan),
        unread_(unread),
        behaviours_(plan.tasks.size()),
        variants_(plan.tasks.size()),
        items_(plan.behaviours.size()) {
    find_behaviours();
  }

  std::vector<TaskFacts> all() {
    std::vector<TaskFacts> all;
    for (std::size_t i = 0; i < plan_.tasks.size(); ++i) {
      const PlannedTask& task = plan_.tasks[i];
      TaskFacts one;
      one.subject.kind = name_of(jobs::kind_of(task.task));
      put(one, field::kThreads, std::to_string(plan_.sweep.threads));
      std::visit(
          [&]<class T>(const T& of) {
            put(one, field::kVersion,
                std::to_string(jobs::KindTraits<T>::kVersion));
            describe(TaskIndex(i), of, one);
          },
          task.task);
      all.push_back(std::move(one));
    }
    return all;
  }

 private:
  void find_behaviours() {
    std::size_t next = 0;
    for (std::size_t i = 0; i < plan_.tasks.size(); ++i) {
      const PlannedTask& task = plan_.tasks[i];
      if (std::holds_alternative<jobs::VectorTask>(task.task)) {
        if (next == plan_.behaviours.size()) continue;
        behaviours_[i] = BehaviourIndex(next++);
        for (const TaskIndex input : task.inputs) {
          // The same pairs may have a vector of the user's own, too.
          if (!at(behaviours_, input).there()) {
            at(behaviours_, input) = behaviours_[i];
          }
        }
      } else if (!task.inputs.empty()) {
        behaviours_[i] = at(behaviours_, task.inputs.front());
      }
    }
  }

  static void put(TaskFacts& of, const char* field, const std::string& value) {
    of.facts[field].add(value);
  }
  void put_digest(TaskFacts& of, const char* field, const std::string& digest) {
    if (!unread_.contains(digest)) put(of, field, digest);
  }

  void put_behaviour(TaskFacts& of, BehaviourIndex behaviour) {
    if (!behaviour.there()) return;
    const DataEntry& data = at(plan_.data, behaviour);
    of.subject.behaviour = data.behaviour;
    of.subject.model = at(plan_.models, model_of(plan_, behaviour)).entry.id;
  }
  // How a behaviour's questions are shown.
  void put_prompt(TaskFacts& of, BehaviourIndex behaviour) {
    if (!behaviour.there()) return;
    const DataEntry& data = at(plan_.data, behaviour);
    put(of, field::kTemplate, data.prompt.chat_template);
    put(of, field::kSystem, data.prompt.system);
    put(of, field::kAnswers, data.prompt.strip_answers ? "stripped" : "as-is");
    put(of, field::kLetters,
        kLetters.at(static_cast<std::size_t>(data.letters)));
    put_digest(of, field::kDataFile,
               at(plan_.tables.behaviours, behaviour).digest.str());
  }
  void put_model(TaskFacts& of, const jobs::ModelSource& source) {
    put_digest(of, field::kModelFile, source.digest);
    put(of, field::kCompute, runner::name_of(source.compute));
    if (plan_.sweep.memory_mb > 0) {
      put(of, field::kMemory, std::to_string(plan_.sweep.memory_mb));
    }
    if (!of.subject.model.empty()) return;
    const auto found = std::ranges::find_if(plan_.models, [&](const auto& one) {
      return one.source.digest == source.digest;
    });
    if (found != plan_.models.end()) of.subject.model = found->entry.id;
  }
  // The SAE's row; of the model that the behaviours are shown to.
  const PlannedSae* sae_of(TaskIndex task, const jobs::SaeSource& source) {
    const BehaviourIndex behaviour = at(behaviours_, task);
    const PlannedSae* found = nullptr;
    for (const PlannedSae& one : plan_.saes) {
      if (!(one.source == source)) continue;
      if (found == nullptr ||
          (behaviour.there() && one.model == model_of(plan_, behaviour))) {
        found = &one;
      }
    }
    return found;
  }
  void put_sae(TaskIndex task, const jobs::SaeSource& source, TaskFacts& of) {
    put_digest(of, field::kSaeFile, source.digest);
    put(of, field::kSettings, source.facts);
    put(of, field::kFit, fmt::format("{}", source.least_explained));
    const PlannedSae* sae = sae_of(task, source);
    if (sae == nullptr) return;
    of.subject.sae = sae->entry.id;
    of.subject.model = at(plan_.models, sae->model).entry.id;
    put(of, field::kLayer, std::to_string(sae->entry.layer));
  }
  // The behaviours whose vectors a task is handed.
  std::vector<BehaviourIndex> vectors_of(TaskIndex task) const {
    std::vector<BehaviourIndex> all;
    for (const TaskIndex input : at(plan_.tasks, task).inputs) {
      const jobs::Task& of = at(plan_.tasks, input).task;
      if (std::holds_alternative<jobs::VectorTask>(of)) {
        all.push_back(at(behaviours_, input));
      }
    }
    return all;
  }
  void put_vectors(TaskIndex task, TaskFacts& of) {
    for (const BehaviourIndex one : vectors_of(task)) {
      put(of, field::kBehaviour, behaviour_name(one));
    }
  }
  std::string behaviour_name(BehaviourIndex behaviour) const {
    return behaviour.there() ? at(plan_.data, behaviour).behaviour : "";
  }
  std::string vector_layer(std::int32_t row) const {
    const auto& layers = plan_.sweep.vector_layers;
    const auto place = static_cast<std::size_t>(row);
    return place < layers.size() ? std::to_string(layers[place]) : "";
  }
  template <class T>
  void put_all(TaskFacts& of, const char* field, const std::vector<T>& values) {
    for (const T& value : values) put(of, field, fmt::format("{}", value));
  }

  // What tells an item of a behaviour from the others, however it is shown.
  static std::string name_of_item(const jobs::BehaviourItem& item) {
    return short_hex(storage::key_of(fmt::format(
        "{} {} {} {}", hex(item.question), item.matching_letter,
        item.option_order,
        item.matching_letter.empty() ? item.tokens.token_match : 0)));
  }
  const std::map<storage::Key, std::string>& items_of(
      BehaviourIndex behaviour) {
    auto& names = at(items_, behaviour);
    if (names) return *names;
    names.emplace();
    const jobs::Behaviour& data = at(plan_.behaviours, behaviour);
    for (const auto* items : {&data.train, &data.test}) {
      for (const jobs::BehaviourItem& item : *items) {
        std::vector<jobs::ContrastTokens> readings;
        jobs::add_readings(item, readings);
        readings.push_back(item.tokens);
        for (const jobs::ContrastTokens& one : readings) {
          names->emplace(jobs::key_of_steering(one), name_of_item(item));
        }
      }
    }
    return *names;
  }
  void put_items(TaskFacts& of, const char* field, BehaviourIndex behaviour,
                 const std::vector<jobs::ContrastTokens>& items) {
    for (const jobs::ContrastTokens& tokens : items) {
      const storage::Key key = jobs::key_of_steering(tokens);
      std::string name = short_hex(key);
      if (behaviour.there()) {
        const auto& names = items_of(behaviour);
        if (const auto found = names.find(key); found != names.end()) {
          name = found->second;
        }
      }
      put(of, field, name);
    }
  }
  void put_texts(TaskFacts& of,
                 const std::vector<std::vector<std::int32_t>>& texts) {
    for (const auto& text : texts) {
      put(of, field::kText, short_hex(jobs::key_of_texts({&text, 1})));
    }
  }

  // Of kinds that say no more: what they load, and whose vectors they have.
  template <class T>
  void describe(TaskIndex index, const T& task, TaskFacts& of) {
    if constexpr (requires { task.sae; }) put_sae(index, task.sae, of);
    if constexpr (requires { task.model; }) put_model(of, task.model);
    put_vectors(index, of);
  }
  void describe(TaskIndex index, const jobs::ExtractTask& task, TaskFacts& of) {
    const BehaviourIndex behaviour = at(behaviours_, index);
    put_behaviour(of, behaviour);
    put_model(of, task.model);
    put_prompt(of, behaviour);
    put_all(of, field::kLayer, task.layers);
    put(of, field::kKept, task.keep_activations ? "yes" : "no");
    put_items(of, field::kPair, behaviour, task.pairs);
  }
  void describe(TaskIndex index, const jobs::VectorTask& task, TaskFacts& of) {
    put_behaviour(of, at(behaviours_, index));
    if (task.method != jobs::VectorMethod::mean_difference) {
      put(of, field::kVectorMethod, jobs::traits_of(task.method).name);
    }
    if (!task.own.empty()) {
      const auto* bytes = reinterpret_cast<const char*>(task.own.data());
      put(of, field::kOwnVector,
          hex(storage::key_of({bytes, task.own.size() * sizeof(double)})));
    }
    std::vector<CellTraits> rows;
    for (const int layer : plan_.sweep.vector_layers) {
      CellTraits row = traits_of(of.subject);
      row.layer = layer;
      rows.push_back(std::move(row));
    }
    of.rows = std::make_shared<const std::vector<CellTraits>>(std::move(rows));
  }
  static CellTraits traits_of(const Subject& subject) {
    CellTraits traits;
    traits.model = subject.model;
    traits.behaviour = subject.behaviour;
    traits.sae = subject.sae;
    return traits;
  }
  void describe(TaskIndex index, const jobs::ImportTask& task, TaskFacts& of) {
    put_behaviour(of, at(behaviours_, index));
    put_digest(of, field::kStoredFile, task.digest);
    put_all(of, field::kLayer, task.layers);
  }
  void describe(TaskIndex index, const jobs::DecomposeTask& task,
                TaskFacts& of) {
    put_sae(index, task.sae, of);
    put(of, field::kTop, std::to_string(task.top));
    put(of, field::kDifferences, std::to_string(task.n_differences));
    put(of, field::kPlantedAtoms, std::to_string(task.planted_atoms));
    const std::vector<BehaviourIndex> behaviours = vectors_of(index);
    put_vectors(index, of);
    std::map<std::pair<jobs::Control, std::int32_t>, int> drawn;
    for (const jobs::VectorRequest& one : task.vectors) {
      if (one.control == jobs::Control::none) continue;
      const int seed = drawn[{one.control, one.input}]++;
      put(of, field::kControl,
          one.control == jobs::Control::zero || one.input < 0
              ? std::string(jobs::name_of(one.control))
              : fmt::format("{} {}", jobs::name_of(one.control), seed));
      put(of, field::kSweepSeed, std::to_string(plan_.sweep.seed));
    }
    std::vector<CellTraits> rows;
    for (const jobs::DecompositionRequest& one : task.requests) {
      CellTraits row = traits_of(of.subject);
      row.method = jobs::spelling({one.method, one.parameter});
      const PlannedSae* sae = sae_of(index, task.sae);
      if (sae != nullptr) row.layer = sae->entry.layer;
      const auto vector = static_cast<std::size_t>(one.vector);
      if (vector < task.vectors.size()) {
        const auto input = static_cast<std::size_t>(task.vectors[vector].input);
        if (input < behaviours.size()) {
          row.behaviour = behaviour_name(behaviours[input]);
        }
      }
      put(of, field::kMethod, row.method);
      if (one.draw >= 0) put(of, field::kDraw, draw_words(one));
      rows.push_back(std::move(row));
      put(of, field::kScale, fmt::format("{}", one.scale));
      put(of, field::kBDecInput, one.b_dec_input ? "subtract" : "keep");
      put(of, field::kBDecOutput, one.b_dec_output ? "true" : "false");
    }
    for (const jobs::PartRequest& one : task.parts) {
      put(of, field::kPart, part_name(one));
    }
    of.rows = std::make_shared<const std::vector<CellTraits>>(std::move(rows));
  }
  static std::string part_name(const jobs::PartRequest& part) {
    return spelling(PartChoice{part.part, part.k});
  }
  void describe(TaskIndex index, const jobs::SignNullTask& task,
                TaskFacts& of) {
    put_sae(index, task.sae, of);
    put(of, field::kShuffles, std::to_string(task.n_shuffles));
    put(of, field::kDifferences, std::to_string(task.n_differences));
    put(of, field::kSweepSeed, std::to_string(plan_.sweep.seed));
    put_vectors(index, of);
  }
  void describe(TaskIndex index, const jobs::FeaturesTask& task,
                TaskFacts& of) {
    put_sae(index, task.sae, of);
    put(of, field::kBDecInput, task.subtract_b_dec ? "subtract" : "keep");
    put_all(of, field::kFeature, task.features);
  }
  void describe(TaskIndex index, const jobs::VariantsTask& task,
                TaskFacts& of) {
    put_behaviour(of, at(behaviours_, index));
    put_model(of, task.model);
    for (const jobs::VariantRequest& one : task.requests) {
      VariantFacts facts = facts_of_variant(index, one);
      for (const auto& [field, value] : facts) put(of, field, value);
      if (one.random_key != storage::Key{}) {
        put(of, field::kSweepSeed, std::to_string(plan_.sweep.seed));
      }
      at(variants_, index).push_back(std::move(facts));
    }
    for (const std::int32_t one : task.behaviours) {
      put(of, field::kBehaviour,
          behaviour_name(behaviour_of_input(index, one)));
    }
  }
  BehaviourIndex behaviour_of_input(TaskIndex task, std::int32_t input) const {
    const auto& inputs = at(plan_.tasks, task).inputs;
    const auto place = static_cast<std::size_t>(input);
    return place < inputs.size() ? at(behaviours_, inputs[place])
                                 : BehaviourIndex();
  }
  VariantFacts facts_of_variant(TaskIndex index,
                                const jobs::VariantRequest& request) {
    VariantFacts facts;
    const std::string kind =
        spelling(kind_of(request.source, request.norm_rule));
    const std::string layer = vector_layer(request.vector_layer);
    const std::string dose = sweep_name_of(request.dose_rule);
    facts.emplace_back(field::kVariant, kind);
    facts.emplace_back(field::kLayer, layer);
    facts.emplace_back(field::kDose, dose);
    std::string rebuilt;
    const auto& inputs = at(plan_.tasks, index).inputs;
    const auto place = static_cast<std::size_t>(request.input);
    if (request.input >= 0 && place < inputs.size()) {
      const jobs::Task& from = at(plan_.tasks, inputs[place]).task;
      if (const auto* apart = std::get_if<jobs::DecomposeTask>(&from)) {
        rebuilt = add_rebuilt(inputs[place], *apart, request, facts);
      } else if (const auto* some = std::get_if<jobs::FeaturesTask>(&from)) {
        add_feature(inputs[place], *some, request, facts);
      } else {
        const BehaviourIndex of = behaviour_of_input(index, request.input);
        facts.emplace_back(field::kOther, behaviour_name(of));
      }
    }
    if (request.random_key == storage::Key{}) return facts;
    std::string drawn = request.resampled ? "resampled" : kind;
    const auto n = request.n_clusters;
    if (n > 0) drawn += fmt::format(" of {}", n);
    const BehaviourIndex behaviour = at(behaviours_, index);
    const int seed = seeds_[fmt::format("{} {} {} {} {}", behaviour.column(),
                                        drawn, layer, dose, rebuilt)]++;
    facts.emplace_back(field::kSeed, fmt::format("{} {}", drawn, seed));
    return facts;
  }
  void add_feature(TaskIndex from, const jobs::FeaturesTask& of,
                   const jobs::VariantRequest& request, VariantFacts& facts) {
    const PlannedSae* sae = sae_of(from, of.sae);
    if (sae != nullptr) facts.emplace_back(field::kSae, sae->entry.id);
    facts.emplace_back(field::kNorm, sweep_name_of(request.norm_rule));
    facts.emplace_back(
        field::kFeature,
        std::to_string(of.features.at(static_cast<std::size_t>(request.row))));
  }
  // What a reconstruction is made of; gives it a name.
  std::string add_rebuilt(TaskIndex from, const jobs::DecomposeTask& apart,
                          const jobs::VariantRequest& request,
                          VariantFacts& facts) {
    facts.emplace_back(field::kNorm, sweep_name_of(request.norm_rule));
    const PlannedSae* sae = sae_of(from, apart.sae);
    if (sae != nullptr) facts.emplace_back(field::kSae, sae->entry.id);
    const auto row = static_cast<std::size_t>(request.row);
    if (row >= apart.parts.size()) return "";
    const jobs::PartRequest& part = apart.parts[row];
    const auto& method =
        apart.requests.at(static_cast<std::size_t>(part.request));
    facts.emplace_back(field::kMethod,
                       jobs::spelling({method.method, method.parameter}));
    facts.emplace_back(field::kPart, part_name(part));
    if (method.draw >= 0) facts.emplace_back(field::kDraw, draw_words(method));
    return fmt::format("{} {} {} {}", sae == nullptr ? "" : sae->entry.id,
                       facts[facts.size() - 2].second, part_name(part),
                       sweep_name_of(request.norm_rule));
  }
  void describe(TaskIndex index, const jobs::EvaluateTask& task,
                TaskFacts& of) {
    const BehaviourIndex behaviour = at(behaviours_, index);
    put_behaviour(of, behaviour);
    put_model(of, task.model);
    put_prompt(of, behaviour);
    put(of, field::kPositions, jobs::spelling(plan_.sweep.steer.positions));
    put(of, field::kLetterMass, task.letter_mass ? "yes" : "no");
    put_all(of, field::kMultiplier, task.multipliers);
    put_items(of, field::kItem, behaviour, task.items);
    const auto& inputs = at(plan_.tasks, index).inputs;
    // Tasks of the same variants follow each other.
    if (evaluated_ == nullptr || inputs != evaluated_inputs_ ||
        task.variants != evaluated_->variants ||
        task.operations != evaluated_->operations) {
      evaluated_ = &task;
      evaluated_inputs_ = inputs;
      evaluated_facts_.clear();
      std::vector<CellTraits> rows;
      for (std::size_t v = 0; v < task.variants.size(); ++v) {
        const auto& made =
            at(variants_,
               inputs.at(static_cast<std::size_t>(task.variants[v].input)));
        rows.push_back(add_steered_facts(task, v, made, traits_of(of.subject),
                                         evaluated_facts_));
      }
      evaluated_rows_ =
          std::make_shared<const std::vector<CellTraits>>(std::move(rows));
    }
    of.facts.insert(evaluated_facts_.begin(), evaluated_facts_.end());
    of.rows = evaluated_rows_;
    of.multipliers = task.multipliers;
    of.items = std::ssize(task.items);
  }
  void describe(TaskIndex /*index*/, const jobs::StoreTask& task,
                TaskFacts& of) {
    put_model(of, task.model);
    put_all(of, field::kLayer, task.layers);
    put(of, field::kDtype,
        task.dtype == storage::DType::bf16 ? "bfloat16" : "float32");
    for (const jobs::PairStrings& pair : task.pairs) {
      put(of, field::kPair,
          short_hex(jobs::key_of_texts(
              std::vector{pair.shared, pair.match, pair.other})));
    }
  }
  void describe(TaskIndex /*index*/, const jobs::ObserveTask& task,
                TaskFacts& of) {
    put_model(of, task.model);
    put_all(of, field::kLayer, task.layers);
    put_texts(of, task.texts);
  }
  void describe(TaskIndex index, const jobs::ActivityTask& task,
                TaskFacts& of) {
    put_sae(index, task.sae, of);
    put_texts(of, task.texts);
    put(of, field::kSinks, task.sinks_apart ? "yes" : "no");
    put(of, field::kContexts, std::to_string(task.contexts));
    if (!task.texts.empty()) put_model(of, task.model);
    put_vectors(index, of);
  }

  const Plan& plan_;
  const std::set<std::string>& unread_;
  std::vector<BehaviourIndex> behaviours_;  // of each task; of the first
  std::vector<std::vector<VariantFacts>> variants_;  // of variants tasks
  std::vector<std::optional<std::map<storage::Key, std::string>>> items_;
  std::map<std::string, int> seeds_;               // drawn so far
  const jobs::EvaluateTask* evaluated_ = nullptr;  // the one before
  std::vector<TaskIndex> evaluated_inputs_;
  Facts evaluated_facts_;
  std::shared_ptr<const std::vector<CellTraits>> evaluated_rows_;
};

}  // namespace

std::vector<TaskFacts> facts_of(const Plan& plan,
                                const std::set<std::string>& unread) {
  return FactsOfTasks(plan, unread).all();
}

RunInputs inputs_of(const Plan& plan, const std::vector<TaskFacts>& facts) {
  RunInputs inputs;
  inputs.program_version = COXSWAIN_VERSION;
  for (const TaskFacts& task : facts) {
    Facts& group = inputs.groups[task.subject];
    for (const auto& [field, values] : task.facts) group[field].add(values);
  }
  std::string selection = line_of(plan.sweep.only);
  for (const CellChoice& one : plan.sweep.exclusions) {
    selection += " without " + line_of(one);
  }
  inputs.selections.add(selection);
  return inputs;
}

}  // namespace coxswain::runner
