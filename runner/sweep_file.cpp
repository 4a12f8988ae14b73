#include "runner/sweep_file.hpp"

#include <algorithm>
#include <filesystem>

#include "jobs/job_error.hpp"
#include "jobs/model/chat_template.hpp"
#include "runner/exit_code.hpp"
#include "runner/sweep_text.hpp"
#include "runner/table_reader.hpp"
#include "storage/file_reader.hpp"
#include "storage/hub_cache.hpp"

namespace coxswain::runner {
namespace {

constexpr int kMaxLayer = 9999;
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

std::vector<jobs::MethodChoice> methods_at(TableReader& reader) {
  std::vector<jobs::MethodChoice> methods;
  for (const std::string& text : reader.texts("methods")) {
    try {
      methods.push_back(jobs::method_choice(text));
    } catch (const jobs::JobError& error) {
      reader.fail("methods", error.fault().found, error.fault().expected);
    }
    const std::string last = jobs::spelling(methods.back());
    if (std::ranges::count_if(methods, [&](const auto& one) {
          return jobs::spelling(one) == last;
        }) > 1) {
      reader.fail("methods", last + " twice", "each once");
    }
  }
  return methods;
}

std::vector<ControlCount> read_controls(TableReader& decompose) {
  TableReader reader = decompose.table("controls");
  std::vector<ControlCount> controls;
  for (const jobs::Control control :
       {jobs::Control::random, jobs::Control::covariance,
        jobs::Control::shuffled, jobs::Control::other, jobs::Control::sparse,
        jobs::Control::decoder_row}) {
    const char* key = jobs::name_of(control);
    const std::int64_t most = control == jobs::Control::other ? 1 : 100000;
    const auto count = static_cast<int>(reader.integer_or(key, 0, 0, most));
    if (count > 0) controls.push_back({control, count});
  }
  // Always there; may be said.
  reader.integer_or(jobs::name_of(jobs::Control::zero), 1, 1, 1);
  reader.finish();
  return controls;
}

DecomposeEntry read_decompose(TableReader& root) {
  TableReader reader = root.table("decompose");
  DecomposeEntry decompose;
  if (reader.has("methods")) decompose.methods = methods_at(reader);
  if (reader.has("scales")) decompose.scales = reader.numbers("scales");
  for (const double scale : decompose.scales) {
    if (scale == 0) {
      reader.fail("scales", "0",
                  "scales other than 0: the zero vector is always among the "
                  "controls");
    }
  }
  if (reader.has("b_dec_output")) {
    decompose.b_dec_output = reader.flags("b_dec_output");
  }
  decompose.controls = read_controls(reader);
  decompose.planted_atoms =
      static_cast<int>(reader.integer_or("planted_atoms", 8, 1, 4096));
  decompose.top = static_cast<int>(reader.integer_or("top", 5, 1, 1000));
  decompose.differences =
      static_cast<int>(reader.integer_or("differences", 100, 0, 10000));
  reader.finish();
  return decompose;
}

// "positive", "first:16".
PartChoice part_at(TableReader& reader, const std::string& text) {
  constexpr jobs::Part kAll[] = {jobs::Part::all,      jobs::Part::positive,
                                 jobs::Part::negative, jobs::Part::flipped,
                                 jobs::Part::first,    jobs::Part::atom,
                                 jobs::Part::without};
  const std::size_t colon = text.find(':');
  const std::string number =
      colon == std::string::npos ? "" : text.substr(colon + 1);
  const bool digits =
      !number.empty() && number.size() < 7 &&
      number.find_first_not_of("0123456789") == std::string::npos;
  for (const jobs::Part part : kAll) {
    if (text.substr(0, colon) != jobs::name_of(part)) continue;
    const bool counts = part >= jobs::Part::first;
    if (counts != (colon != std::string::npos) || (counts && !digits)) break;
    const int k = counts ? std::stoi(number) : -1;
    if (part == jobs::Part::first && k == 0) break;
    return {part, k};
  }
  reader.fail("parts", "\"" + text + "\"",
              "of all, positive, negative, flipped, first:K, atom:J, "
              "without:J (ranks J from 0)");
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
                  "covariance, shuffled, other, planted");
    }
    steer.variants.push_back(*variant);
  }
  if (reader.has("methods")) steer.methods = methods_at(reader);
  if (reader.has("parts")) {
    steer.parts.clear();
    for (const std::string& text : reader.texts("parts")) {
      const PartChoice part = part_at(reader, text);
      if (std::ranges::count(steer.parts, part) > 0) {
        reader.fail("parts", "\"" + text + "\" twice", "each once");
      }
      steer.parts.push_back(part);
    }
  }
  if (reader.has("norm")) {
    steer.norms.clear();
    for (const std::size_t one : reader.choices("norm", kNormRules)) {
      steer.norms.push_back(static_cast<jobs::NormRule>(one));
    }
  }
  steer.random = static_cast<int>(reader.integer_or("random", 1, 1, 10000));
  reader.finish();
  return steer;
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
  for (const jobs::MethodChoice& method : sweep.steer.methods) {
    if (std::ranges::none_of(sweep.decompose.methods, [&](const auto& one) {
          return jobs::spelling(one) == jobs::spelling(method);
        })) {
      root.fail("steer", "method " + jobs::spelling(method),
                "one of [decompose] methods");
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
  const bool zero_possible =
      std::ranges::any_of(sweep.steer.methods, [](const auto& method) {
        return !jobs::traits_of(method.name).activations;
      });
  if (!zero_possible &&
      std::ranges::count(sweep.steer.variants,
                         jobs::VariantSource::zero_reconstruction) > 0) {
    root.fail("steer", "zero-reconstruction among the variants",
              "a method that takes the zero vector apart, which has no "
              "activations");
  }
  const auto counts_other = [](const ControlCount& one) {
    return one.control == jobs::Control::other;
  };
  const bool other =
      std::ranges::any_of(sweep.decompose.controls, counts_other) ||
      std::ranges::count(sweep.steer.variants, jobs::VariantSource::other) > 0;
  if (other && sweep.stored.source.empty() && sweep.data.size() < 2) {
    root.fail("data", "one behaviour", "another one, for the control other");
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

// What a sweep needs to compute vectors and steer with them.
void read_model_side(TableReader& root, Sweep& sweep) {
  sweep.model = read_model(root);
  sweep.steer = read_steer(root);
  if (sweep.steer.methods.empty()) {
    sweep.steer.methods = {sweep.decompose.methods.front()};
  }
  for (TableReader& reader : root.tables("data")) {
    sweep.data.push_back(read_data(reader));
    if (sweep.data.back().multipliers.empty()) {
      sweep.data.back().multipliers = sweep.steer.multipliers;
    }
  }
  refuse_twice(root, "data", sweep.data,
               [](const DataEntry& one) { return one.behaviour; });
  TableReader store = root.table("store");
  sweep.keep_activations =
      store.choice("activations", {"none", "letter"}, 0) == 1;
  store.finish();
}

// Stored activations have no model to run.
void refuse_model_side(TableReader& root, const Sweep& sweep) {
  for (const char* key : {"model", "data", "steer", "store"}) {
    if (!root.has(key)) continue;
    root.fail(key, "a table", "none, with [vector] from");
  }
  if (sweep.saes.empty()) root.fail("sae", "none", "one, with [vector] from");
  if (sweep.compute != jobs::ComputeType::float32) {
    root.fail("numerics", name_of(sweep.compute),
              "compute = \"float32\", with [vector] from");
  }
}

Sweep read_root(const toml::table& table, const std::string& path) {
  TableReader root(table, path, "");
  Sweep sweep;
  sweep.path = path;
  sweep.name = name_at(root, "name");
  sweep.seed = root.integer_or("seed", 0, 0, INT64_MAX);
  TableReader numerics = root.table("numerics");
  sweep.compute = static_cast<jobs::ComputeType>(
      numerics.choice("compute", kComputeTypes, 0));
  sweep.threads = static_cast<int>(numerics.integer_or("threads", 1, 1, 1024));
  numerics.finish();
  TableReader vector = root.table("vector");
  sweep.vector_layers = layers_at(vector, "layers");
  sweep.stored.source = vector.text_or("from", "");
  if (!sweep.stored.source.empty()) {
    sweep.stored.model = vector.text_or("model", "");
    sweep.stored.hook = vector.text_or("hook", "");
  }
  vector.finish();
  for (TableReader& reader : root.tables("sae", true)) {
    sweep.saes.push_back(read_sae(reader));
  }
  sweep.decompose = read_decompose(root);
  refuse_twice(root, "sae", sweep.saes,
               [](const SaeEntry& one) { return one.id; });
  if (sweep.stored.source.empty()) {
    read_model_side(root, sweep);
  } else {
    refuse_model_side(root, sweep);
  }
  root.finish();
  check_together(root, sweep);
  sweep.effective = effective_text(sweep);
  return sweep;
}

}  // namespace

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
  return parse_sweep(text, path,
                     std::filesystem::path(path).parent_path().string(), hub);
}

Sweep parse_sweep(const std::string& text, const std::string& name,
                  const std::string& folder, const std::string& hub) {
  try {
    Sweep sweep = read_root(toml::parse(text, name), name);
    sweep.folder = folder;
    sweep.hub = hub;
    return sweep;
  } catch (const toml::parse_error& error) {
    throw ProgramError(ExitCode::bad_sweep,
                       name + ":" + std::to_string(error.source().begin.line) +
                           ": " + std::string(error.description()));
  }
}

}  // namespace coxswain::runner
