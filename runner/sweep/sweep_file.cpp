#include "runner/sweep/sweep_file.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

#include "jobs/model/model_file.hpp"
#include "jobs/model/templates/chat_template.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/sweep/sweep_checks.hpp"
#include "runner/sweep/sweep_choices.hpp"
#include "runner/sweep/sweep_cluster.hpp"
#include "runner/sweep/sweep_document.hpp"
#include "runner/sweep/sweep_family.hpp"
#include "runner/sweep/sweep_features.hpp"
#include "runner/sweep/sweep_methods.hpp"
#include "runner/sweep/sweep_names.hpp"
#include "runner/sweep/sweep_overrides.hpp"
#include "runner/sweep/sweep_report.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "runner/sweep/sweep_vectors.hpp"
#include "runner/sweep/sweep_verdict.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/models/hub_cache.hpp"
#include "storage/results/stored_activations.hpp"
#include "storage/texts/pair_form.hpp"

namespace coxswain::runner {
namespace {

// More than anyone reads of a feature; they are kept for all of an SAE.
constexpr std::int64_t kMostContexts = 100;

PromptEntry read_prompt(TableReader& reader) {
  PromptEntry prompt;
  prompt.chat_template = reader.text_or("template", "plain");
  const auto chat = jobs::template_of(prompt.chat_template);
  if (!chat) {
    reader.fail("template", "\"" + prompt.chat_template + "\"",
                "one of " + jobs::template_names() +
                    ", or a text with {question} in it once");
  }
  if (!chat->with_system.empty()) {
    prompt.system = chat->system_is_said ? reader.text("system")
                                         : reader.text_or("system", "");
    if (prompt.system.empty() && chat->without_system.empty()) {
      reader.fail("system", "nothing", "a text, as the template has {system}");
    }
  }
  prompt.strip_answers =
      chat->name == "custom"
          ? reader.choice("answers", {"as-is", "stripped"}, 0) == 1
          : chat->strips_answers;
  return prompt;
}

ModelEntry read_model(TableReader& reader) {
  ModelEntry model;
  model.id = name_at(reader, "id");
  model.source = reader.text("source");
  model.sha256 = reader.text_or("sha256", "");
  if (reader.has("template")) {
    model.prompt = read_prompt(reader);
  } else if (reader.has("system")) {
    reader.fail("system", "a text, without a template",
                "template beside it: the two together replace the data's");
  }
  reader.finish();
  return model;
}

// Which questions are tested, as far as it can be known without the data.
void read_split(TableReader& reader, DataEntry& data) {
  const auto counted = [&](const char* key) -> std::optional<int> {
    if (!reader.has(key)) return std::nullopt;
    return static_cast<int>(reader.integer(key, 1, 1000000));
  };
  data.test_items = counted("test_items");
  data.test_clusters = counted("test_clusters");
  if (reader.has("test_share")) {
    data.test_share = reader.number("test_share");
    if (!(*data.test_share > 0 && *data.test_share < 1)) {
      reader.fail("test_share", "a share of all or nothing",
                  "a number between 0 and 1, such as 0.3");
    }
    if (data.test_clusters) {
      reader.fail("test_share", "a share, beside test_clusters",
                  "one of the two");
    }
  }
  if (reader.has("split")) {
    data.split =
        static_cast<jobs::SplitRule>(reader.choice("split", kSplitRules, 0));
  }
  for (const char* key : {"test_clusters", "test_share"}) {
    if (data.split == jobs::SplitRule::line && reader.has(key)) {
      reader.fail(key, "clusters to test, with split = \"line\"",
                  "split = \"cluster\", or test_items in its place");
    }
  }
}

// How the lines are read.
void read_pair_rules(TableReader& reader, DataEntry& data) {
  storage::PairRules& rules = data.pairs;
  const auto key_at = [](TableReader& table, const char* name,
                         const char* otherwise) {
    const std::string key = table.text_or(name, "");
    if (table.has(name) && key.empty()) {
      table.fail(name, "\"\"",
                 std::string("a key that every line of the data has, or ") +
                     otherwise);
    }
    return key;
  };
  rules.group = key_at(reader, "group", "no group at all");
  if (reader.has("form")) {
    const std::vector<std::string> names = storage::pair_form_names();
    rules.form = names[reader.choice("form", names, 0)];
  }
  TableReader columns = reader.table("columns");
  data.options =
      static_cast<jobs::Options>(reader.choice("options", kOptions, 0));
  rules.one_answer = data.options == jobs::Options::pairs;
  data.scored = static_cast<jobs::Scored>(reader.choice("score", kScored, 0));
  rules.several_answers = data.scored == jobs::Scored::answer;
  const char* none = "no such column at all";
  rules.columns.question = key_at(columns, "question", none);
  rules.columns.matching = key_at(columns, "matching", none);
  rules.columns.other = key_at(columns, "other", none);
  rules.columns.system = key_at(columns, "system", none);
  columns.finish();
  if (rules.one_answer && !rules.columns.other.empty()) {
    columns.fail("other", "a column, with options = \"pairs\"",
                 "none: all other options are");
  }
  const auto chat = jobs::template_of(data.prompt.chat_template);
  if (!rules.columns.system.empty() && chat && chat->with_system.empty()) {
    columns.fail("system", "a column, with template " + chat->name,
                 "a template that has a place for system texts");
  }
}

DataEntry read_data(TableReader& reader, const Sweep& sweep) {
  DataEntry data;
  data.behaviour = name_at(reader, "behaviour");
  data.source = reader.text("source");
  data.models = models_at(reader, sweep);
  data.prompt = read_prompt(reader);
  data.train_items =
      static_cast<int>(reader.integer_or("train_items", 0, 0, 1000000));
  read_split(reader, data);
  read_pair_rules(reader, data);
  data.letters =
      static_cast<jobs::Letters>(reader.choice("letters", kLetters, 0));
  if (reader.has("multipliers")) {
    data.multipliers = reader.numbers("multipliers");
  }
  reader.finish();
  return data;
}

SaeEntry read_sae(TableReader& reader, const Sweep& sweep) {
  SaeEntry sae;
  sae.id = name_at(reader, "id");
  sae.source = reader.text("source");
  sae.layer = static_cast<int>(reader.integer("layer", 0, kMaxLayer));
  sae.models = models_at(reader, sweep);
  const std::vector<std::string> formats = jobs::sae_format_names();
  sae.options.format = formats[reader.choice("format", formats, 0)];
  sae.options.k = reader.integer_or("k", 0, 1, 1 << 24);
  if (reader.has("input_scale")) {
    sae.options.input_scale = reader.number("input_scale");
    if (!(sae.options.input_scale > 0)) {
      reader.fail("input_scale", "no positive number", "sqrt(d_in) / mean |x|");
    }
  }
  sae.options.decoder_norms = static_cast<jobs::DecoderNorms>(
      reader.choice("decoder_norms", kDecoderNorms, 0));
  if (reader.has("b_dec_input")) {
    sae.b_dec_input.clear();
    for (const std::size_t one : reader.choices("b_dec_input", kBDecInputs)) {
      sae.b_dec_input.push_back(static_cast<BDecInput>(one));
    }
  }
  sae.any_fit = reader.choice("fit", {"required", "any"}, 0) == 1;
  reader.finish();
  return sae;
}

template <class Entry, class Name>
void refuse_twice(const TableReader& root, const char* key,
                  const std::vector<Entry>& entries, Name&& name) {
  std::set<std::string> seen;
  for (const Entry& entry : entries) {
    if (!seen.insert(name(entry)).second) {
      root.fail(key, "\"" + name(entry) + "\" twice", "each name once");
    }
  }
}

// Stored activations have no model to run.
void refuse_model_side(TableReader& root, const Sweep& sweep) {
  for (const char* key : {"model", "data", "vector_file", "feature", "support",
                          "verdict", "steer", "observe", "store", "report"}) {
    if (!root.has(key)) continue;
    root.fail(key, "a table", "none, with [vector] from");
  }
  if (sweep.saes.empty()) root.fail("sae", "none", "one, with [vector] from");
  if (sweep.compute != jobs::ComputeType::float32) {
    root.fail("numerics", name_of(sweep.compute),
              "compute = \"float32\", with [vector] from");
  }
}

// A document on its way to a sweep.
class SweepReader {
 public:
  SweepReader(toml::table document, SweepOverrides& overrides, Sweep& sweep)
      : document_(std::move(document)),
        overrides_(overrides),
        sweep_(sweep),
        root_(document_, sweep.path, "") {}

  void read() {
    sweep_.name = name_at(root_, "name");
    sweep_.seed = root_.integer_or("seed", 0, 0, INT64_MAX);
    read_numerics();
    TableReader vector = root_.table("vector");
    sweep_.stored.source = vector.text_or("from", "");
    const bool stored = !sweep_.stored.source.empty();
    if (stored) {
      sweep_.stored.model = vector.text_or("model", "");
      sweep_.stored.hook = vector.text_or("hook", "");
    } else {
      read_models();
    }
    sweep_.vector_layers =
        layers_at(vector, "layers", [&] { return all_blocks(vector); });
    if (vector.has("method")) {
      sweep_.vector_methods = read_vector_methods(vector);
    }
    sweep_.resample =
        static_cast<int>(vector.integer_or("resample", 0, 0, 10000));
    read_train_clusters(vector, sweep_);
    vector.finish();
    read_saes();
    sweep_.decompose = read_decompose(root_);
    if (stored) {
      refuse_model_side(root_, sweep_);
    } else {
      read_steering();
    }
    read_choices(root_, sweep_);
    sweep_.cluster = read_cluster(root_, sweep_.threads);
    if (!stored) {
      const ReportNames names = report_names(sweep_);
      sweep_.report = read_report(root_, &names);
    }
    root_.finish();
    check_together(root_, sweep_);
    sweep_.effective = effective_text(sweep_);
  }

 private:
  void read_numerics() {
    TableReader numerics = root_.table("numerics");
    sweep_.compute = static_cast<jobs::ComputeType>(
        numerics.choice("compute", kComputeTypes, 0));
    sweep_.threads =
        static_cast<int>(numerics.integer_or("threads", 1, 1, 1024));
    sweep_.memory_mb = numerics.integer_or("memory_mb", 0, 1, 100'000'000);
    numerics.finish();
  }

  // The tables of an array, families spelled out and what the command line
  // says of single ones put in.
  std::vector<FamilyMember>& members(const FamilyRules& rules) {
    auto& members = members_[rules.array];
    members = spell_out(document_, rules, sweep_.path);
    overrides_.apply(rules.array, members);
    return members;
  }

  TableReader reader_of(const FamilyMember& member, const char* array) {
    TableReader reader(member.values, sweep_.path, array, member.written);
    for (const std::string& key : member.placeholders) reader.has(key.c_str());
    return reader;
  }

  void read_models() {
    root_.tables("model");
    for (const FamilyMember& one : members({"model", "id", {}, {}})) {
      TableReader reader = reader_of(one, "model");
      sweep_.models.push_back(read_model(reader));
    }
    refuse_twice(root_, "model", sweep_.models,
                 [](const ModelEntry& one) { return one.id; });
  }

  std::vector<int> all_blocks(const TableReader& reader) const {
    if (!sweep_.stored.source.empty()) {
      const auto stored = blame(ExitCode::bad_data, [&] {
        return storage::open_stored_activations(
            sweep_.resolve(sweep_.stored.source));
      });
      if (stored.layers.empty()) {
        reader.fail("layers", "\"all\"",
                    "the layer that " + stored.file + " was read at");
      }
      return {stored.layers.begin(), stored.layers.end()};
    }
    std::vector<int> all;
    for (const ModelEntry& model : sweep_.models) {
      const auto n = blame(ExitCode::bad_model, [&] {
        return jobs::read_model_header(sweep_.resolve(model.source))
            .architecture.n_layers;
      });
      if (!all.empty() && std::ssize(all) != n) {
        reader.fail("layers", "\"all\", of models with other numbers of blocks",
                    "block numbers that all models have");
      }
      all.resize(static_cast<std::size_t>(n));
      std::iota(all.begin(), all.end(), 0);
    }
    return all;
  }

  AllLayers vector_layers() const {
    return [this] { return sweep_.vector_layers; };
  }

  void read_saes() {
    root_.tables("sae", true);
    const FamilyRules rules{
        "sae", "id", {"b_dec_input", "model"}, vector_layers()};
    for (const FamilyMember& one : members(rules)) {
      TableReader reader = reader_of(one, "sae");
      const bool skip = reader.choice("missing", {"error", "skip"}, 0) == 1;
      const SaeEntry sae = read_sae(reader, sweep_);
      if (!skip || is_there(sae.source)) {
        sweep_.saes.push_back(sae);
        continue;
      }
      sweep_.notes.push_back("SAE " + sae.id + " is left out: there is no " +
                             sae.source);
    }
    if (sweep_.saes.empty() && !sweep_.notes.empty()) {
      root_.fail("sae", sweep_.notes.front(), "one that is there");
    }
    refuse_twice(root_, "sae", sweep_.saes,
                 [](const SaeEntry& one) { return one.id; });
  }

  bool is_there(const std::string& source) const {
    try {
      return std::filesystem::exists(sweep_.resolve(source));
    } catch (const ProgramError&) {
      return false;  // not in the hub's cache
    }
  }

  // What a sweep needs to compute vectors and steer with them.
  void read_steering() {
    sweep_.steer = read_steer(root_, vector_layers());
    if (sweep_.steer.methods.empty()) {
      sweep_.steer.methods = {sweep_.decompose.methods.front()};
    }
    root_.tables("data");
    const FamilyRules rules{"data",
                            "behaviour",
                            {"multipliers", "model", "columns"},
                            vector_layers()};
    for (const FamilyMember& one : members(rules)) {
      TableReader reader = reader_of(one, "data");
      sweep_.data.push_back(read_data(reader, sweep_));
      if (sweep_.data.back().multipliers.empty()) {
        sweep_.data.back().multipliers = sweep_.steer.multipliers;
      }
    }
    refuse_twice(root_, "data", sweep_.data,
                 [](const DataEntry& one) { return one.behaviour; });
    read_vector_files();
    for (TableReader& reader : root_.tables("feature", true)) {
      sweep_.features.push_back(read_feature(reader, sweep_));
    }
    for (TableReader& reader : root_.tables("support", true)) {
      sweep_.supports.push_back(read_support(reader, sweep_));
    }
    read_verdict(root_, sweep_);
    read_observe();
    read_store();
  }

  void read_vector_files() {
    root_.tables("vector_file", true);
    const FamilyRules rules{
        "vector_file",
        "name",
        {"layer", "layers", "behaviours", "model", "sum", "weights"},
        vector_layers()};
    for (const FamilyMember& one : members(rules)) {
      TableReader reader = reader_of(one, "vector_file");
      sweep_.vector_files.push_back(read_vector_file(reader, sweep_));
    }
    refuse_twice(root_, "vector_file", sweep_.vector_files,
                 [](const VectorFileEntry& one) { return one.name; });
  }

  void read_observe() {
    if (!root_.has("observe")) return;
    TableReader reader = root_.table("observe");
    ObserveEntry& observe = sweep_.observe;
    observe.text = reader.text("text");
    observe.rules.tokens =
        reader.integer_or("tokens", 200'000, 1, 1'000'000'000);
    observe.rules.context = reader.integer_or("context", 256, 2, 1 << 20);
    observe.rules.longer = static_cast<jobs::LongTexts>(
        reader.choice("long_texts", kLongTexts, 0));
    observe.layers =
        reader.has("layers")
            ? layers_at(reader, "layers", [&] { return all_blocks(reader); })
            : sweep_.vector_layers;
    observe.without_sinks = reader.choice("exclude", kExcludedTokens, 0) == 1;
    observe.contexts = static_cast<std::int32_t>(
        reader.integer_or("contexts", 0, 0, kMostContexts));
    reader.finish();
  }

  void read_store() {
    TableReader reader = root_.table("store");
    StoreEntry& store = sweep_.store;
    store.tokens = static_cast<jobs::StoredTokens>(
        reader.choice("activations", kStoredTokens, 0));
    store.layers =
        reader.has("layers")
            ? layers_at(reader, "layers", [&] { return all_blocks(reader); })
            : sweep_.vector_layers;
    store.dtype = reader.choice("dtype", kStoredKinds, 0) == 1
                      ? storage::DType::bf16
                      : storage::DType::f32;
    sweep_.keep_activations = store.tokens == jobs::StoredTokens::letter &&
                              store.layers == sweep_.vector_layers &&
                              store.dtype == storage::DType::f32;
    if (store.tokens == jobs::StoredTokens::none &&
        (reader.has("layers") || reader.has("dtype"))) {
      reader.fail("activations", "none", "letter, answer or all");
    }
    if (store.tokens != jobs::StoredTokens::none &&
        std::ranges::count(sweep_.vector_methods,
                           jobs::VectorMethod::mean_difference) == 0) {
      reader.fail("activations", "stored ones, without mean-difference",
                  "mean-difference among [vector] method: it has the pairs "
                  "that they are of");
    }
    reader.finish();
  }

  const toml::table document_;
  SweepOverrides& overrides_;
  Sweep& sweep_;
  TableReader root_;
  std::map<std::string, std::vector<FamilyMember>> members_;
};

}  // namespace

Sweep read_sweep(const std::string& path, const std::string& hub,
                 const Overrides& overrides) {
  const std::string text =
      blame(ExitCode::bad_sweep, [&] { return storage::read_text(path); });
  return parse_sweep(text, path,
                     std::filesystem::path(path).parent_path().string(), hub,
                     overrides);
}

Sweep parse_sweep(const std::string& text, const std::string& name,
                  const std::string& folder, const std::string& hub,
                  const Overrides& overrides) {
  Sweep sweep;
  sweep.path = name;
  sweep.folder = folder;
  sweep.hub = hub;
  SweepOverrides changes(overrides);
  toml::table document = parse_document(text, name, folder);
  changes.apply(document);
  SweepReader(std::move(document), changes, sweep).read();
  return sweep;
}

}  // namespace coxswain::runner
