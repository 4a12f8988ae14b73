#include "tests/support/exportable_results.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "runner/plan/names.hpp"

namespace coxswain::tests {
namespace {

constexpr std::int64_t kWidth = 4;

void append(storage::Array& array, const std::vector<float>& values) {
  ++array.shape.at(0);
  array.bytes +=
      storage::make_array(std::span<const float>(values), {kWidth}).bytes;
}

}  // namespace

std::int32_t id_of(const std::string& enumeration, const std::string& name) {
  for (const auto& [called, rows] : runner::enumerations()) {
    if (called != enumeration) continue;
    for (const auto& row : rows) {
      if (row.name.str() == name) return row.id;
    }
  }
  throw std::out_of_range(enumeration + " " + name);
}

storage::Results exportable_results() {
  storage::Results results;
  results.origin.sweep_digest = "5eed";
  results.names = runner::enumerations();
  for (const char* name : {"vectors", "reconstructions", "variant_vectors"}) {
    results.arrays[name] = {storage::DType::f32, {0, kWidth}, ""};
  }
  storage::ModelRow model;
  model.name = {"toy/7b"};
  model.digest = {"d16e57"};
  model.family = {"gemma3_text"};
  results.models.push_back(model);
  for (const char* name : {"kind", "../curt"}) {
    storage::BehaviourRow behaviour;
    behaviour.name = {name};
    for (const int layer : {0, 3}) {
      storage::VectorRow vector;
      vector.behaviour = static_cast<std::int32_t>(results.behaviours.size());
      vector.layer = layer;
      vector.norm = 4.5;
      append(results.arrays["vectors"],
             {static_cast<float>(results.vectors.size()), 1, 2, 3});
      results.vectors.push_back(vector);
    }
    results.behaviours.push_back(behaviour);
  }
  for (const int layer : {0, 3}) {
    storage::SaeRow sae;
    sae.id = static_cast<std::int32_t>(results.saes.size());
    sae.name = {"layer_" + std::to_string(layer) + "_16k"};
    sae.layer = layer;
    results.saes.push_back(sae);
  }
  return results;
}

storage::DecompositionRow encoded(std::int32_t vector, std::int32_t sae) {
  storage::DecompositionRow row;
  row.layer = sae == 0 ? 0 : 3;
  row.vector = vector;
  row.sae = sae;
  row.method = id_of("methods", "encode");
  return row;
}

storage::VariantRow rebuilt(std::int32_t vector, std::int32_t decomposition,
                            const std::string& part) {
  storage::VariantRow row;
  row.behaviour = vector / 2;
  row.layer = vector % 2 == 0 ? 0 : 3;
  row.vector = vector;
  row.decomposition = decomposition;
  row.source = id_of("variants", "reconstruction");
  row.part = id_of("parts", part);
  row.norm_rule = id_of("norm_rules", "equal");
  return row;
}

std::int32_t add_decomposition(storage::Results& results,
                               const storage::DecompositionRow& row,
                               const std::vector<float>& values) {
  append(results.arrays["reconstructions"], values);
  results.decompositions.push_back(row);
  return static_cast<std::int32_t>(results.decompositions.size()) - 1;
}

std::int32_t add_variant(storage::Results& results, storage::VariantRow row,
                         const std::vector<float>& values) {
  append(results.arrays["variant_vectors"], values);
  row.id = static_cast<std::int32_t>(results.variants.size());
  results.variants.push_back(row);
  return row.id;
}

}  // namespace coxswain::tests
