#include "runner/sweep/sweep_vectors.hpp"

#include <algorithm>
#include <set>

#include "runner/sweep/known_names.hpp"
#include "runner/sweep/sweep_names.hpp"

namespace coxswain::runner {
namespace {

// On which of the sweep's data it is steered; empty: on all.
std::vector<std::string> behaviours_at(TableReader& reader, const Sweep& sweep,
                                       const VectorFileEntry& vector) {
  std::set<std::string> known;
  for (const DataEntry& one : sweep.data) known.insert(one.behaviour);
  std::vector<std::string> behaviours;
  if (reader.has("behaviours")) behaviours = reader.texts("behaviours");
  for (const std::string& one : behaviours) {
    if (!known.contains(one)) {
      reader.fail("behaviours", "\"" + one + "\"", one_of(known, one));
    }
  }
  for (const std::string& one : known) {
    if (!behaviours.empty() && std::ranges::count(behaviours, one) == 0)
      continue;
    if (own_name(vector, one).size() > kMaxName) {
      reader.fail("name", "\"" + own_name(vector, one) + "\" in results",
                  "at most 64 bytes");
    }
  }
  return behaviours;
}

// Earlier [[vector_file]] tables of files, and how much of each.
std::vector<WeighedVector> sum_at(TableReader& reader, const Sweep& sweep) {
  for (const char* key : {"source", "vector", "made_for"}) {
    if (reader.has(key)) {
      reader.fail(key, "a key beside sum", "it where the vectors are named");
    }
  }
  std::set<std::string> known;
  for (const VectorFileEntry& one : sweep.vector_files) {
    if (one.sum.empty()) known.insert(one.name);
  }
  std::vector<WeighedVector> sum;
  for (const std::string& name : reader.texts("sum")) {
    if (!known.contains(name)) {
      reader.fail("sum", "\"" + name + "\"",
                  known.empty() ? "the name of an earlier [[vector_file]]"
                                : one_of(known, name));
    }
    sum.push_back({name});
  }
  if (sum.size() < 2) reader.fail("sum", "one vector", "two or more");
  if (!reader.has("weights")) return sum;
  const std::vector<double> weights = reader.weights("weights");
  if (weights.size() != sum.size()) {
    reader.fail("weights", std::to_string(weights.size()),
                std::to_string(sum.size()) + ", as sum has vectors");
  }
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (weights[i] == 0) reader.fail("weights", "0", "another number");
    sum[i].weight = weights[i];
  }
  return sum;
}

}  // namespace

std::vector<jobs::VectorMethod> read_vector_methods(TableReader& reader) {
  std::vector<std::string> names;
  for (const auto& one : jobs::kVectorMethods) names.emplace_back(one.name);
  std::vector<jobs::VectorMethod> methods;
  for (const std::size_t one : reader.choices("method", names)) {
    methods.push_back(jobs::kVectorMethods[one].method);
  }
  return methods;
}

void read_train_clusters(TableReader& vector, Sweep& sweep) {
  if (vector.has("train_clusters")) {
    sweep.train_clusters = vector.some_integers("train_clusters");
  }
  std::vector<int>& all = sweep.train_clusters;
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  if (!all.empty() && all.front() < 1) {
    vector.fail("train_clusters", std::to_string(all.front()), "1 or more");
  }
  sweep.train_draws =
      static_cast<int>(vector.integer_or("train_draws", 5, 1, 1000));
}

VectorFileEntry read_vector_file(TableReader& reader, const Sweep& sweep) {
  VectorFileEntry vector;
  vector.name = name_at(reader, "name");
  for (const jobs::VectorMethod method : sweep.vector_methods) {
    if (vector.name == jobs::traits_of(method).name) {
      reader.fail("name", "\"" + vector.name + "\"",
                  "a name that no method of [vector] has, which the sweep "
                  "names");
    }
  }
  if (reader.has("sum")) {
    vector.sum = sum_at(reader, sweep);
  } else {
    if (reader.has("weights")) {
      reader.fail("weights", "weights of no sum", "sum = [...] beside them");
    }
    vector.source = reader.text("source");
    vector.vector = reader.text_or("vector", "");
  }
  if (reader.has("layer")) {
    vector.layers = reader.some_integers("layer");
    for (const int layer : vector.layers) {
      if (std::ranges::count(sweep.vector_layers, layer) > 0) continue;
      reader.fail("layer", std::to_string(layer),
                  "a layer that [vector] extracts");
    }
  }
  if (reader.has("norm") && !reader.says("norm", "keep")) {
    vector.norm = reader.number("norm");
    if (!(*vector.norm > 0)) {
      reader.fail("norm", "no length", "a number above 0, or \"keep\"");
    }
  }
  vector.behaviours = behaviours_at(reader, sweep, vector);
  vector.models = models_at(reader, sweep);
  if (vector.sum.empty()) {
    vector.any_model = reader.choice("made_for", {"required", "any"}, 0) == 1;
  }
  vector.together = reader.choice("act", {"alone", "together"}, 0) == 1;
  if (vector.together && !std::ranges::is_sorted(sweep.vector_layers)) {
    reader.fail("act", "layers of [vector] that do not ascend",
                "from the lowest on, where they act together");
  }
  reader.finish();
  return vector;
}

}  // namespace coxswain::runner
