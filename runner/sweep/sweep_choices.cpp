#include "runner/sweep/sweep_choices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "jobs/decomposition/method_names.hpp"
#include "jobs/task/job_error.hpp"
#include "runner/sweep/known_names.hpp"

namespace coxswain::runner {
namespace {

// What the cells of a sweep can have of each property.
struct Known {
  std::set<std::string> models, behaviours, saes, variants, operations, methods;
  std::set<int> layers;
  std::set<double> multipliers;
};

Known known_of(const Sweep& sweep) {
  Known known;
  for (const ModelEntry& one : sweep.models) known.models.insert(one.id);
  for (const DataEntry& one : sweep.data) {
    for (const jobs::VectorMethod method : sweep.vector_methods) {
      known.behaviours.insert(made_name(method, one.behaviour));
    }
    known.multipliers.insert(one.multipliers.begin(), one.multipliers.end());
    for (const VectorFileEntry& vector : sweep.vector_files) {
      if (!steers_on(vector, one.behaviour)) continue;
      known.behaviours.insert(own_name(vector, one.behaviour));
    }
  }
  for (const SaeEntry& one : sweep.saes) known.saes.insert(one.id);
  for (const VariantKind& one : sweep.steer.variants) {
    known.variants.insert(spelling(one));
  }
  for (const NoiseEntry& one : sweep.steer.noise) {
    known.variants.insert(spelling(one.kind));
  }
  if (steers_with(sweep, jobs::VariantSource::resampled)) {
    known.variants.insert(jobs::name_of(jobs::VariantSource::resampled));
  }
  if (steers_with(sweep, jobs::VariantSource::subset)) {
    known.variants.insert(jobs::name_of(jobs::VariantSource::subset));
  }
  if (sweep.verdict || !sweep.supports.empty()) {
    known.variants.insert(jobs::name_of(jobs::VariantSource::reconstruction));
  }
  for (const jobs::Operation one : sweep.steer.operations) {
    known.operations.insert(sweep_name_of(one));
  }
  for (const FeatureEntry& one : sweep.features) {
    known.variants.insert(jobs::name_of(jobs::VariantSource::feature));
    if (one.clamps.empty()) continue;
    known.operations.insert(sweep_name_of(jobs::Operation::clamp));
  }
  for (const auto& one : sweep.decompose.methods) {
    known.methods.insert(jobs::spelling(one));
  }
  known.layers.insert(sweep.vector_layers.begin(), sweep.vector_layers.end());
  known.layers.insert(sweep.store.layers.begin(), sweep.store.layers.end());
  return known;
}

std::vector<std::string> texts_of(TableReader& reader, const char* key,
                                  const std::set<std::string>& known) {
  if (!reader.has(key)) return {};
  std::vector<std::string> values = reader.some_texts(key);
  for (const std::string& value : values) {
    if (!known.contains(value)) {
      reader.fail(key, "\"" + value + "\"", one_of(known, value));
    }
  }
  return values;
}

template <class T>
void check_known(const TableReader& reader, const char* key,
                 const std::vector<T>& values, const std::set<T>& known) {
  for (const T value : values) {
    if (!known.contains(value)) {
      reader.fail(key, fmt::format("{}", value),
                  fmt::format("of {}", fmt::join(known, ", ")));
    }
  }
}

// Methods as [decompose] spells them, or shorter: omp is omp:32.
std::vector<std::string> methods_of(TableReader& reader, const Known& known) {
  if (!reader.has("method")) return {};
  std::vector<std::string> methods = reader.some_texts("method");
  for (std::string& method : methods) {
    try {
      method = jobs::spelling(jobs::method_choice(method));
    } catch (const jobs::JobError& error) {
      reader.fail("method", error.fault().found, error.fault().expected);
    }
    if (!known.methods.contains(method)) {
      reader.fail("method", "\"" + method + "\"",
                  one_of(known.methods, method));
    }
  }
  return methods;
}

CellChoice read_choice(TableReader& reader, const Known& known,
                       const Sweep& sweep) {
  CellChoice choice;
  choice.where = reader.place();
  choice.models = texts_of(reader, "model", known.models);
  // Behaviours of stored activations are known when these are opened.
  if (sweep.stored.source.empty()) {
    choice.behaviours = texts_of(reader, "behaviour", known.behaviours);
  } else if (reader.has("behaviour")) {
    choice.behaviours = reader.some_texts("behaviour");
  }
  choice.saes = texts_of(reader, "sae", known.saes);
  choice.variants = texts_of(reader, "variant", known.variants);
  choice.operations = texts_of(reader, "operation", known.operations);
  choice.methods = methods_of(reader, known);
  if (reader.has("layer")) {
    choice.layers = reader.some_integers("layer");
    check_known(reader, "layer", choice.layers, known.layers);
  }
  if (reader.has("multiplier")) {
    choice.multipliers = reader.some_numbers("multiplier");
    check_known(reader, "multiplier", choice.multipliers, known.multipliers);
  }
  reader.finish();
  return choice;
}

}  // namespace

void read_choices(TableReader& root, Sweep& sweep) {
  const Known known = known_of(sweep);
  TableReader only = root.table("only");
  sweep.only = read_choice(only, known, sweep);
  for (TableReader& reader : root.tables("exclude", true)) {
    const CellChoice choice = read_choice(reader, known, sweep);
    if (!says_something(choice)) {
      root.fail("exclude", "a table without keys",
                "some of model, behaviour, layer, sae, variant, operation, "
                "method, multiplier");
    }
    sweep.exclusions.push_back(choice);
  }
}

}  // namespace coxswain::runner
