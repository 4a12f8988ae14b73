#include "runner/sweep_file.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "jobs/decomposition/method_names.hpp"
#include "jobs/model/chat_template.hpp"
#include "runner/exit_code.hpp"
#include "runner/table_reader.hpp"
#include "storage/file_reader.hpp"
#include "storage/hub_cache.hpp"

namespace coxswain::runner {
namespace {

constexpr int kMaxLayer = 9999;
// In the order of jobs::ComputeType.
constexpr const char* kComputeTypes[] = {"float32", "float64", "bfloat16"};
constexpr std::size_t kMaxName = 64;  // of the name columns in results.h5

std::string name_at(TableReader& reader, const char* key) {
  const std::string name = reader.text(key);
  const bool plain = !name.empty() && name.size() <= kMaxName &&
                     name[0] != '.' &&
                     name.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                         "WXYZ0123456789-_.") == std::string::npos;
  if (!plain) {
    reader.fail(key, "\"" + name + "\"",
                "1 to 64 letters, digits, '-', '_' or '.'");
  }
  return name;
}

ModelEntry read_model(TableReader& root) {
  std::vector<TableReader> tables = root.tables("model");
  if (tables.size() != 1) {
    root.fail("model", std::to_string(tables.size()) + " models", "one");
  }
  TableReader& reader = tables[0];
  ModelEntry model;
  model.id = name_at(reader, "id");
  model.source = reader.text("source");
  model.sha256 = reader.text_or("sha256", "");
  reader.finish();
  return model;
}

DataEntry read_data(TableReader& reader) {
  DataEntry data;
  data.behaviour = name_at(reader, "behaviour");
  data.source = reader.text("source");
  data.chat_template = reader.text_or("template", "plain");
  const auto chat = jobs::template_of(data.chat_template);
  if (!chat) {
    reader.fail("template", "\"" + data.chat_template + "\"",
                "one of " + jobs::template_names() +
                    ", or a text with {question} in it once");
  }
  if (!chat->with_system.empty()) {
    data.system = chat->system_is_said ? reader.text("system")
                                       : reader.text_or("system", "");
    if (data.system.empty() && chat->without_system.empty()) {
      reader.fail("system", "nothing", "a text, as the template has {system}");
    }
  }
  data.strip_answers =
      chat->name == "custom"
          ? reader.choice("answers", {"as-is", "stripped"}, 0) == 1
          : chat->strips_answers;
  data.train_items =
      static_cast<int>(reader.integer_or("train_items", 0, 0, 1000000));
  data.test_items =
      static_cast<int>(reader.integer_or("test_items", 50, 1, 1000000));
  if (reader.has("multipliers")) {
    data.multipliers = reader.numbers("multipliers");
  }
  reader.finish();
  return data;
}

std::vector<int> layers_at(TableReader& reader, const char* key) {
  const std::vector<int> layers = reader.integers(key);
  for (const int layer : layers) {
    if (layer < 0 || layer > kMaxLayer) {
      reader.fail(key, std::to_string(layer), "a block number from 0");
    }
  }
  return layers;
}

SaeEntry read_sae(TableReader& reader) {
  SaeEntry sae;
  sae.id = name_at(reader, "id");
  sae.source = reader.text("source");
  sae.layer = static_cast<int>(reader.integer("layer", 0, kMaxLayer));
  reader.finish();
  return sae;
}

DecomposeEntry read_decompose(TableReader& root) {
  TableReader reader = root.table("decompose");
  DecomposeEntry decompose;
  if (reader.has("methods")) decompose.methods = reader.texts("methods");
  for (const std::string& method : decompose.methods) {
    std::string known;
    bool found = false;
    for (const auto& [name, text] : jobs::decomposition_methods()) {
      found = found || name == method;
      known += (known.empty() ? "" : ", ") + name;
    }
    if (!found) reader.fail("methods", method, "of " + known);
  }
  if (reader.has("scales")) decompose.scales = reader.numbers("scales");
  for (const double scale : decompose.scales) {
    if (scale == 0) {
      reader.fail("scales", "0",
                  "scales other than 0: the zero vector is always among the "
                  "controls");
    }
  }
  decompose.top = static_cast<int>(reader.integer_or("top", 5, 1, 1000));
  reader.finish();
  return decompose;
}

SteerEntry read_steer(TableReader& root) {
  TableReader reader = root.table("steer");
  SteerEntry steer;
  steer.layers = layers_at(reader, "layers");
  steer.multipliers = reader.numbers("multipliers");
  const std::string positions =
      reader.text_or("positions", "from_last_prompt_token");
  const auto rule = jobs::position_rule_named(positions);
  if (!rule) {
    reader.fail("positions", "\"" + positions + "\"",
                "all, all_but_first, from_last_prompt_token, answer_only, "
                "after_instruction or from:N");
  }
  steer.positions = *rule;
  const std::vector<std::string> variants =
      reader.has("variants") ? reader.texts("variants")
                             : std::vector<std::string>{"original"};
  for (const std::string& name : variants) {
    const auto variant = jobs::variant_named(name);
    if (!variant) {
      reader.fail("variants", "\"" + name + "\"",
                  "of original, reconstruction, zero-reconstruction, random, "
                  "planted");
    }
    steer.variants.push_back(*variant);
  }
  steer.random = static_cast<int>(reader.integer_or("random", 1, 1, 10000));
  reader.finish();
  return steer;
}

template <class T>
toml::array array_of(const std::vector<T>& values) {
  toml::array array;
  for (const T& value : values) array.push_back(value);
  return array;
}

std::vector<std::string> variant_names(const SteerEntry& steer) {
  std::vector<std::string> names;
  for (const auto variant : steer.variants) {
    names.emplace_back(jobs::name_of(variant));
  }
  return names;
}

toml::table data_table(const DataEntry& data) {
  toml::table table{{"behaviour", data.behaviour},
                    {"source", data.source},
                    {"template", data.chat_template},
                    {"train_items", data.train_items},
                    {"test_items", data.test_items},
                    {"multipliers", array_of(data.multipliers)}};
  if (!jobs::template_of(data.chat_template)->with_system.empty()) {
    table.insert("system", data.system);
  }
  if (jobs::template_of(data.chat_template)->name == "custom") {
    table.insert("answers", data.strip_answers ? "stripped" : "as-is");
  }
  return table;
}

std::string effective_text(const Sweep& sweep) {
  toml::array data, saes;
  for (const DataEntry& one : sweep.data) data.push_back(data_table(one));
  for (const SaeEntry& one : sweep.saes) {
    saes.push_back(toml::table{
        {"id", one.id}, {"source", one.source}, {"layer", one.layer}});
  }
  toml::table root{
      {"name", sweep.name},
      {"seed", sweep.seed},
      {"model", toml::array{toml::table{{"id", sweep.model.id},
                                        {"source", sweep.model.source},
                                        {"sha256", sweep.model.sha256}}}},
      {"numerics", toml::table{{"compute", name_of(sweep.compute)},
                               {"threads", sweep.threads}}},
      {"data", data},
      {"vector", toml::table{{"layers", array_of(sweep.vector_layers)}}},
      {"decompose", toml::table{{"methods", array_of(sweep.decompose.methods)},
                                {"scales", array_of(sweep.decompose.scales)},
                                {"top", sweep.decompose.top}}},
      {"steer",
       toml::table{{"layers", array_of(sweep.steer.layers)},
                   {"multipliers", array_of(sweep.steer.multipliers)},
                   {"positions", jobs::spelling(sweep.steer.positions)},
                   {"variants", array_of(variant_names(sweep.steer))},
                   {"random", sweep.steer.random}}},
      {"store", toml::table{{"activations",
                             sweep.keep_activations ? "letter" : "none"}}}};
  if (!saes.empty()) root.insert("sae", saes);
  std::ostringstream text;
  text << root << '\n';
  return text.str();
}

template <class Entry, class Name>
void refuse_twice(TableReader& root, const char* key,
                  const std::vector<Entry>& entries, Name&& name) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (name(entries[i]) == name(entries[j])) {
        root.fail(key, "\"" + name(entries[i]) + "\" twice", "each name once");
      }
    }
  }
}

// What no table can know alone.
void check_together(const TableReader& root, const Sweep& sweep) {
  const auto among = [](const std::vector<int>& layers, int layer) {
    return std::find(layers.begin(), layers.end(), layer) != layers.end();
  };
  const std::string extracted = "a layer that [vector] extracts";
  for (const int layer : sweep.steer.layers) {
    if (!among(sweep.vector_layers, layer)) {
      root.fail("steer", "layer " + std::to_string(layer), extracted);
    }
  }
  bool rebuilds = false;
  for (const SaeEntry& sae : sweep.saes) {
    if (!among(sweep.vector_layers, sae.layer)) {
      root.fail("sae", sae.id + " at layer " + std::to_string(sae.layer),
                extracted);
    }
    rebuilds = rebuilds || among(sweep.steer.layers, sae.layer);
  }
  for (const auto variant : sweep.steer.variants) {
    const bool needs_sae = variant == jobs::VariantSource::reconstruction ||
                           variant == jobs::VariantSource::zero_reconstruction;
    if (needs_sae && !rebuilds) {
      root.fail("steer",
                std::string(jobs::name_of(variant)) + " among the variants",
                "an SAE at one of the steered layers");
    }
  }
  for (const DataEntry& data : sweep.data) {
    if (sweep.steer.positions.kind == jobs::PositionKind::after_instruction &&
        data.chat_template == "plain") {
      root.fail("steer",
                "positions after_instruction with template plain (" +
                    data.behaviour + ")",
                "a template in which something follows the user's text");
    }
  }
}

Sweep read_root(const toml::table& table, const std::string& path) {
  TableReader root(table, path, "");
  Sweep sweep;
  sweep.path = path;
  sweep.folder = std::filesystem::path(path).parent_path().string();
  sweep.name = name_at(root, "name");
  sweep.seed = root.integer_or("seed", 0, 0, INT64_MAX);
  sweep.model = read_model(root);
  TableReader numerics = root.table("numerics");
  sweep.compute = static_cast<jobs::ComputeType>(numerics.choice(
      "compute", {std::begin(kComputeTypes), std::end(kComputeTypes)}, 0));
  sweep.threads = static_cast<int>(numerics.integer_or("threads", 1, 1, 1024));
  numerics.finish();
  TableReader vector = root.table("vector");
  sweep.vector_layers = layers_at(vector, "layers");
  vector.finish();
  for (TableReader& reader : root.tables("sae", true)) {
    sweep.saes.push_back(read_sae(reader));
  }
  sweep.decompose = read_decompose(root);
  sweep.steer = read_steer(root);
  for (TableReader& reader : root.tables("data")) {
    sweep.data.push_back(read_data(reader));
    if (sweep.data.back().multipliers.empty()) {
      sweep.data.back().multipliers = sweep.steer.multipliers;
    }
  }
  refuse_twice(root, "data", sweep.data,
               [](const DataEntry& one) { return one.behaviour; });
  refuse_twice(root, "sae", sweep.saes,
               [](const SaeEntry& one) { return one.id; });
  TableReader store = root.table("store");
  sweep.keep_activations =
      store.choice("activations", {"none", "letter"}, 0) == 1;
  store.finish();
  root.finish();
  check_together(root, sweep);
  sweep.effective = effective_text(sweep);
  return sweep;
}

}  // namespace

const char* name_of(jobs::ComputeType compute) {
  return kComputeTypes[static_cast<std::size_t>(compute)];
}

std::optional<jobs::ComputeType> compute_named(const std::string& name) {
  for (std::size_t i = 0; i < std::size(kComputeTypes); ++i) {
    if (name == kComputeTypes[i]) return static_cast<jobs::ComputeType>(i);
  }
  return std::nullopt;
}

std::string Sweep::resolve(const std::string& source) const {
  if (storage::is_hub_source(source)) {
    return blame(ExitCode::bad_sweep,
                 [&] { return storage::find_in_hub(hub, source); });
  }
  const std::filesystem::path given(source);
  return given.is_absolute() ? source
                             : (std::filesystem::path(folder) / given).string();
}

Sweep read_sweep(const std::string& path, const std::string& hub) {
  const std::string text =
      blame(ExitCode::bad_sweep, [&] { return storage::read_text(path); });
  try {
    Sweep sweep = read_root(toml::parse(text, path), path);
    sweep.hub = hub;
    return sweep;
  } catch (const toml::parse_error& error) {
    throw ProgramError(ExitCode::bad_sweep,
                       path + ":" + std::to_string(error.source().begin.line) +
                           ": " + std::string(error.description()));
  }
}

}  // namespace coxswain::runner
