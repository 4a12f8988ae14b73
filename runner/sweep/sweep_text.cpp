#include "runner/sweep/sweep_text.hpp"

#include <toml++/toml.h>
#include <sstream>

#include "jobs/model/templates/chat_template.hpp"
#include "runner/sweep/choice_axes.hpp"
#include "runner/sweep/sweep_family.hpp"
#include "runner/sweep/sweep_report.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::runner {

const std::vector<std::string> kComputeTypes{"float32", "float64", "bfloat16"};
const std::vector<std::string> kDecoderNorms{"as-published", "as-stored",
                                             "folded"};
const std::vector<std::string> kBDecInputs{"native", "subtract", "keep"};
const std::vector<std::string> kNormRules =
    storage::sweep_names<storage::NormRule>();
const std::vector<std::string> kDoseRules =
    storage::sweep_names<storage::DoseRule>();
const std::vector<std::string> kOperations =
    storage::sweep_names<storage::Operation>();
const std::vector<std::string> kLetters{"as-is", "counterbalanced"};
const std::vector<std::string> kOptions{"two", "pairs"};
const std::vector<std::string> kScored{"token", "answer"};
const std::vector<std::string> kSplitRules{"cluster", "line"};
const std::vector<std::string> kLongTexts{"chunked", "cut"};
const std::vector<std::string> kExcludedTokens{"none", "sinks"};
const std::vector<std::string> kStoredTokens{"none", "letter", "answer", "all"};
const std::vector<std::string> kStoredKinds{"float32", "bfloat16"};

namespace {

template <class T>
toml::array array_of(const std::vector<T>& values) {
  toml::array array;
  for (const T& value : values) array.push_back(value);
  return array;
}

void add_prompt(toml::table& table, const PromptEntry& prompt) {
  table.insert("template", prompt.chat_template);
  const auto chat = jobs::template_of(prompt.chat_template);
  if (!chat) return;
  if (!chat->with_system.empty()) table.insert("system", prompt.system);
  if (chat->name == "custom") {
    table.insert("answers", prompt.strip_answers ? "stripped" : "as-is");
  }
}

toml::table model_table(const ModelEntry& model) {
  toml::table table{{"id", model.id},
                    {"source", escaped(model.source)},
                    {"sha256", model.sha256}};
  if (model.prompt) add_prompt(table, *model.prompt);
  return table;
}

// What is not said depends on the data, and is said by the plan's notes.
void add_split(toml::table& table, const DataEntry& data) {
  if (data.test_items) table.insert("test_items", *data.test_items);
  if (data.split) {
    table.insert("split", kSplitRules[static_cast<std::size_t>(*data.split)]);
  }
  if (data.test_clusters) table.insert("test_clusters", *data.test_clusters);
  if (data.test_share) table.insert("test_share", *data.test_share);
}

// Left out where nothing is said, so that older runs go on.
void add_pair_rules(toml::table& table, const storage::PairRules& rules) {
  if (!rules.group.empty()) table.insert("group", rules.group);
  if (!rules.form.empty()) table.insert("form", rules.form);
  toml::table columns;
  const auto add = [&](const char* role, const std::string& key) {
    if (!key.empty()) columns.insert(role, key);
  };
  add("question", rules.columns.question);
  add("matching", rules.columns.matching);
  add("other", rules.columns.other);
  add("system", rules.columns.system);
  if (!columns.empty()) table.insert("columns", columns);
}

toml::table data_table(const DataEntry& data) {
  toml::table table{{"behaviour", data.behaviour},
                    {"source", escaped(data.source)},
                    {"train_items", data.train_items},
                    {"multipliers", array_of(data.multipliers)}};
  add_split(table, data);
  add_pair_rules(table, data.pairs);
  if (data.options != jobs::Options::two) {
    table.insert("options", kOptions[static_cast<std::size_t>(data.options)]);
  }
  if (data.scored != jobs::Scored::token) {
    table.insert("score", kScored[static_cast<std::size_t>(data.scored)]);
  }
  if (data.letters != jobs::Letters::as_is) {
    table.insert("letters", kLetters[static_cast<std::size_t>(data.letters)]);
  }
  if (!data.models.empty()) table.insert("model", array_of(data.models));
  add_prompt(table, data.prompt);
  return table;
}

toml::table vector_file_table(const VectorFileEntry& vector) {
  toml::table table{{"name", vector.name}};
  if (vector.sum.empty()) {
    table.insert("source", escaped(vector.source));
    table.insert("made_for", vector.any_model ? "any" : "required");
  } else {
    toml::array names, weights;
    for (const WeighedVector& one : vector.sum) {
      names.push_back(one.name);
      weights.push_back(one.weight);
    }
    table.insert("sum", names);
    table.insert("weights", weights);
  }
  if (!vector.vector.empty()) table.insert("vector", vector.vector);
  if (!vector.layers.empty()) table.insert("layer", array_of(vector.layers));
  if (vector.norm) {
    table.insert("norm", *vector.norm);
  } else {
    table.insert("norm", "keep");
  }
  if (!vector.behaviours.empty()) {
    table.insert("behaviours", array_of(vector.behaviours));
  }
  if (!vector.models.empty()) table.insert("model", array_of(vector.models));
  // Left out where each acts alone, as it was before there was anything else.
  if (vector.together) table.insert("act", "together");
  return table;
}

toml::table feature_table(const FeatureEntry& feature) {
  toml::table table{{"sae", array_of(feature.saes)},
                    {"feature", array_of(feature.features)}};
  if (!feature.clamps.empty()) table.insert("clamp", array_of(feature.clamps));
  return table;
}

toml::table verdict_table(const VerdictEntry& verdict) {
  toml::array norms, methods;
  for (const auto norm : verdict.norms) norms.push_back(sweep_name_of(norm));
  for (const auto& one : verdict.methods) {
    methods.push_back(jobs::spelling(one));
  }
  return toml::table{{"methods", methods},
                     {"atoms", array_of(verdict.atoms)},
                     {"needed", verdict.needed},
                     {"random_supports", verdict.random_supports},
                     {"cosine_supports", verdict.cosine_supports},
                     {"disjoint", verdict.disjoint},
                     {"rotated", verdict.rotated},
                     {"norm", norms}};
}

toml::table support_table(const SupportEntry& support) {
  return toml::table{{"sae", array_of(support.saes)},
                     {"features", array_of(support.features)}};
}

toml::table sae_table(const SaeEntry& sae) {
  std::vector<std::string> b_dec_input;
  for (const BDecInput one : sae.b_dec_input) {
    b_dec_input.push_back(kBDecInputs[static_cast<std::size_t>(one)]);
  }
  toml::table table{
      {"id", sae.id},
      {"source", escaped(sae.source)},
      {"layer", sae.layer},
      {"format", sae.options.format},
      {"decoder_norms",
       kDecoderNorms[static_cast<std::size_t>(sae.options.decoder_norms)]},
      {"b_dec_input", array_of(b_dec_input)},
      {"fit", sae.any_fit ? "any" : "required"}};
  if (!sae.models.empty()) table.insert("model", array_of(sae.models));
  if (sae.options.k > 0) table.insert("k", sae.options.k);
  if (sae.options.input_scale > 0) {
    table.insert("input_scale", sae.options.input_scale);
  }
  return table;
}

toml::array spelled(const std::vector<jobs::MethodChoice>& methods) {
  toml::array texts;
  for (const auto& method : methods) texts.push_back(jobs::spelling(method));
  return texts;
}

toml::table decompose_table(const DecomposeEntry& decompose) {
  toml::table controls{{jobs::name_of(jobs::Control::zero), 1}};
  for (const ControlCount& one : decompose.controls) {
    controls.insert(jobs::name_of(one.control), one.count);
  }
  toml::array outputs;
  for (const bool one : decompose.b_dec_output) outputs.push_back(one);
  return toml::table{{"methods", spelled(decompose.methods)},
                     {"scales", array_of(decompose.scales)},
                     {"b_dec_output", outputs},
                     {"controls", controls},
                     {"planted_atoms", decompose.planted_atoms},
                     {"top", decompose.top},
                     {"differences", decompose.differences},
                     {"sign_shuffles", decompose.sign_shuffles}};
}

toml::table noise_table(const SteerEntry& steer) {
  toml::table noise;
  for (const NoiseEntry& one : steer.noise) {
    noise.insert(
        spelling(one.kind),
        toml::table{{"seeds", one.seeds}, {"layers", array_of(one.layers)}});
  }
  return noise;
}

toml::table steer_table(const SteerEntry& steer) {
  toml::array variants, parts, norms, measures{"letters"};
  if (steer.letter_mass) measures.push_back("letter-mass");
  for (const VariantKind& kind : steer.variants) {
    variants.push_back(spelling(kind));
  }
  for (const PartChoice& part : steer.parts) {
    parts.push_back(spelling(part));
  }
  for (const auto norm : steer.norms) {
    norms.push_back(sweep_name_of(norm));
  }
  toml::array doses;
  for (const auto dose : steer.doses) {
    doses.push_back(sweep_name_of(dose));
  }
  toml::table table{{"layers", array_of(steer.layers)},
                    {"dose", doses},
                    {"multipliers", array_of(steer.multipliers)},
                    {"positions", jobs::spelling(steer.positions)},
                    {"variants", variants},
                    {"methods", spelled(steer.methods)},
                    {"parts", parts},
                    {"norm", norms},
                    {"random", steer.random},
                    {"measures", measures}};
  // Left out where they say nothing, so that older runs go on.
  if (!steer.noise.empty()) table.insert("noise", noise_table(steer));
  if (!steer.resampled_methods.empty()) {
    table.insert("resampled_methods", spelled(steer.resampled_methods));
  }
  if (steer.operations != SteerEntry().operations) {
    toml::array operations;
    for (const auto one : steer.operations) {
      operations.push_back(sweep_name_of(one));
    }
    table.insert("operations", operations);
  }
  return table;
}

toml::table choice_table(const CellChoice& choice) {
  toml::table table;
  for_each_axis(choice, [&](const char* key, const auto& values) {
    if (!values.empty()) table.insert(key, array_of(values));
  });
  return table;
}

// What is as it would be unsaid stays unsaid: texts of older sweeps are kept.
toml::table store_table(const Sweep& sweep) {
  const StoreEntry& store = sweep.store;
  toml::table table{
      {"activations", kStoredTokens[static_cast<std::size_t>(store.tokens)]}};
  if (store.tokens == jobs::StoredTokens::none || sweep.keep_activations) {
    return table;
  }
  table.insert("layers", array_of(store.layers));
  table.insert("dtype",
               kStoredKinds[store.dtype == storage::DType::bf16 ? 1 : 0]);
  return table;
}

toml::table observe_table(const ObserveEntry& observe) {
  toml::table table{
      {"text", observe.text},
      {"tokens", observe.rules.tokens},
      {"context", observe.rules.context},
      {"long_texts",
       kLongTexts[static_cast<std::size_t>(observe.rules.longer)]},
      {"layers", array_of(observe.layers)}};
  // Left out where they change nothing, so that older runs go on.
  if (observe.without_sinks) table.insert("exclude", kExcludedTokens[1]);
  if (observe.contexts > 0) table.insert("contexts", observe.contexts);
  return table;
}

toml::table vector_table(const Sweep& sweep) {
  toml::table vector{{"layers", array_of(sweep.vector_layers)}};
  if (sweep.resample > 0) vector.insert("resample", sweep.resample);
  if (!sweep.train_clusters.empty()) {
    vector.insert("train_clusters", array_of(sweep.train_clusters));
    vector.insert("train_draws", sweep.train_draws);
  }
  if (sweep.vector_methods !=
      std::vector{jobs::VectorMethod::mean_difference}) {
    toml::array methods;
    for (const jobs::VectorMethod one : sweep.vector_methods) {
      methods.push_back(jobs::traits_of(one).name);
    }
    vector.insert("method", methods);
  }
  return vector;
}

}  // namespace

const char* name_of(jobs::ComputeType compute) {
  return kComputeTypes[static_cast<std::size_t>(compute)].c_str();
}

std::optional<jobs::ComputeType> compute_named(const std::string& name) {
  for (std::size_t i = 0; i < kComputeTypes.size(); ++i) {
    if (name == kComputeTypes[i]) return static_cast<jobs::ComputeType>(i);
  }
  return std::nullopt;
}

std::string computed_text(const Sweep& sweep) {
  toml::array data, saes;
  for (const DataEntry& one : sweep.data) data.push_back(data_table(one));
  for (const SaeEntry& one : sweep.saes) saes.push_back(sae_table(one));
  toml::table vector = vector_table(sweep);
  toml::table numerics{{"compute", name_of(sweep.compute)},
                       {"threads", sweep.threads}};
  if (sweep.memory_mb > 0) numerics.insert("memory_mb", sweep.memory_mb);
  toml::table root{{"name", sweep.name},
                   {"seed", sweep.seed},
                   {"numerics", numerics},
                   {"decompose", decompose_table(sweep.decompose)}};
  if (sweep.stored.source.empty()) {
    toml::array models;
    for (const ModelEntry& one : sweep.models) {
      models.push_back(model_table(one));
    }
    root.insert("model", models);
    root.insert("data", data);
    toml::array vectors;
    for (const VectorFileEntry& one : sweep.vector_files) {
      vectors.push_back(vector_file_table(one));
    }
    if (!vectors.empty()) root.insert("vector_file", vectors);
    toml::array features;
    for (const FeatureEntry& one : sweep.features) {
      features.push_back(feature_table(one));
    }
    if (!features.empty()) root.insert("feature", features);
    toml::array supports;
    for (const SupportEntry& one : sweep.supports) {
      supports.push_back(support_table(one));
    }
    if (!supports.empty()) root.insert("support", supports);
    if (sweep.verdict) root.insert("verdict", verdict_table(*sweep.verdict));
    root.insert("steer", steer_table(sweep.steer));
    root.insert("store", store_table(sweep));
    if (!sweep.observe.text.empty()) {
      root.insert("observe", observe_table(sweep.observe));
    }
  } else {
    vector.insert("from", sweep.stored.source);
    vector.insert("model", sweep.stored.model);
    vector.insert("hook", sweep.stored.hook);
  }
  root.insert("vector", vector);
  if (!saes.empty()) root.insert("sae", saes);
  if (says_something(sweep.only)) {
    root.insert("only", choice_table(sweep.only));
  }
  toml::array exclusions;
  for (const CellChoice& one : sweep.exclusions) {
    exclusions.push_back(choice_table(one));
  }
  if (!exclusions.empty()) root.insert("exclude", exclusions);
  std::ostringstream text;
  text << root << '\n';
  return text.str();
}

std::string effective_text(const Sweep& sweep) {
  return computed_text(sweep) + report_text(sweep.report);
}

}  // namespace coxswain::runner
