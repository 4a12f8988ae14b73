#include "analysis/measures/labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "analysis/measures/atoms.hpp"

namespace coxswain::analysis {
namespace {

template <class Row>
std::string name_at(const std::vector<Row>& rows, std::int32_t row) {
  return row >= 0 && row < std::ssize(rows)
             ? rows[static_cast<std::size_t>(row)].name.str()
             : "?";
}

// " @ it" where there are several models.
std::string of_model(const storage::Results& results, std::int32_t model) {
  return results.models.size() > 1 ? " @ " + name_at(results.models, model)
                                   : "";
}

// What a name says of one variant that its kind leaves out.
struct OfOne {
  std::string sae;            // "": the only one, or none
  std::int32_t feature = -1;  // of the atom that a part is of
};

// "reconstruction (omp:4, negative, SAE)" and so on.
std::string spelled(const storage::Results& results,
                    const storage::VariantRow& variant, const OfOne& one) {
  const std::string& sae = one.sae;
  const bool is_feature = is(variant.source, storage::VariantSource::feature);
  std::string name = enumerated(results, "variants", variant.source);
  if (is_stretched(variant)) name += ", stretched";
  if (is_feature) name += fmt::format(" {}", variant.feature);
  std::vector<std::string> details;
  if (variant.decomposition >= 0) {
    details.push_back(method_name(
        results,
        results
            .decompositions[static_cast<std::size_t>(variant.decomposition)]));
    if (!is(variant.part, storage::Part::all)) {
      details.push_back(part_name(results, variant.part, variant.part_k));
      if (one.feature >= 0) {
        details.back() += fmt::format(" = feature {}", one.feature);
      }
    }
    if (!sae.empty()) details.push_back(sae);
    // Equal length is the rule; what keeps its own is said.
    if (has_own_length(variant)) details.push_back("own length");
  }
  if (is_feature) {
    // A number alone is another feature in another SAE.
    details.push_back(name_at(results.saes, variant.sae));
    if (is(variant.operation, storage::Operation::clamp)) {
      details.push_back(fmt::format("to {}", variant.clamped_to));
    } else if (has_own_length(variant)) {
      details.push_back("own length");
    }
  }
  // Turned with each item's matching letter is the rule for known answers.
  if (is(variant.source, storage::VariantSource::planted) &&
      is(variant.sign_rule, storage::SignRule::fixed)) {
    details.push_back("fixed sign");
  }
  if (variant.train_clusters >= 0) {
    details.push_back(fmt::format("{} clusters", variant.train_clusters));
  }
  if (variant.together > 1) details.push_back(layer_name(results, variant));
  if (!is(variant.dose_rule, storage::DoseRule::raw)) {
    details.push_back(enumerated(results, "dose_rules", variant.dose_rule));
  }
  if (!details.empty()) name += fmt::format(" ({})", fmt::join(details, ", "));
  // Addition is the rule.
  if (!is(variant.operation, storage::Operation::add)) {
    name = enumerated(results, "operations", variant.operation) + " of " + name;
  }
  if (variant.other >= 0) {
    const auto& other =
        results.vectors[static_cast<std::size_t>(variant.other)];
    name += " " + name_at(results.behaviours, other.behaviour);
  }
  return name;
}

// Which of several decompositions of a vector it is made of; -1: the one.
int draw_of(const storage::Results& results,
            const storage::VariantRow& variant) {
  return variant.decomposition < 0
             ? -1
             : results
                   .decompositions[static_cast<std::size_t>(
                       variant.decomposition)]
                   .draw;
}

}  // namespace

std::string behaviour_name(const storage::Results& results, std::int32_t row) {
  const std::string name = name_at(results.behaviours, row);
  if (results.models.size() < 2) return name;
  // A behaviour has a row for each model, and the model is that of its vectors.
  const auto vector =
      std::ranges::find(results.vectors, row, &storage::VectorRow::behaviour);
  return vector == results.vectors.end()
             ? name
             : name + of_model(results, vector->model);
}

std::string sae_name(const storage::Results& results, std::int32_t row) {
  const std::string name = name_at(results.saes, row);
  return name == "?"
             ? name
             : name +
                   of_model(results,
                            results.saes[static_cast<std::size_t>(row)].model);
}

std::string enumerated(const storage::Results& results,
                       const std::string& enumeration, std::int32_t id) {
  for (const auto& [name, rows] : results.names) {
    // By position: names/* are written with id i in row i.
    if (name == enumeration) return name_at(rows, id);
  }
  return "?";
}

std::string method_name(const storage::Results& results,
                        const storage::DecompositionRow& row) {
  std::string name = enumerated(results, "methods", row.method);
  if (row.parameter != 0) name += fmt::format(":{}", row.parameter);
  return name;
}

std::string part_name(const storage::Results& results, std::int32_t part,
                      std::int32_t k) {
  const std::string name = enumerated(results, "parts", part);
  return k < 0 ? name : fmt::format("{} {}", name, k);
}

bool has_own_length(const storage::VariantRow& variant) {
  const bool added_feature =
      is(variant.source, storage::VariantSource::feature) &&
      !is(variant.operation, storage::Operation::clamp);
  return (variant.decomposition >= 0 || added_feature) &&
         is(variant.norm_rule, storage::NormRule::as_is);
}

bool is_stretched(const storage::VariantRow& variant) {
  return is(variant.source, storage::VariantSource::shuffled) &&
         is(variant.norm_rule, storage::NormRule::equal);
}

storage::VariantSource source_of(const storage::VariantRow& variant) {
  return static_cast<storage::VariantSource>(variant.source);
}

std::vector<std::int32_t> layers_of(const storage::Results& results,
                                    const storage::VariantRow& variant) {
  std::vector<std::int32_t> layers{variant.layer};
  for (std::int32_t i = 1; i < variant.together; ++i) {
    const auto row = static_cast<std::size_t>(variant.vector + i);
    if (row < results.vectors.size()) {
      layers.push_back(results.vectors[row].layer);
    }
  }
  return layers;
}

std::string layer_name(const storage::Results& results,
                       const storage::VariantRow& variant) {
  if (variant.together < 2) return fmt::format("layer {}", variant.layer);
  const std::vector<std::int32_t> layers = layers_of(results, variant);
  constexpr std::size_t kMostNamed = 4;
  return layers.size() > kMostNamed
             ? fmt::format("{} layers, {} to {}, together", layers.size(),
                           layers.front(), layers.back())
             : fmt::format("layers {} together", fmt::join(layers, ", "));
}

std::int32_t sae_of(const storage::Results& results,
                    const storage::VariantRow& variant) {
  return variant.decomposition < 0
             ? variant.sae
             : results
                   .decompositions[static_cast<std::size_t>(
                       variant.decomposition)]
                   .sae;
}

std::string variant_kind(const storage::Results& results,
                         const storage::VariantRow& variant) {
  return spelled(results, variant, {});
}

std::string variant_name(const storage::Results& results,
                         const storage::VariantRow& variant) {
  std::string sae;
  const std::int32_t of_sae = sae_of(results, variant);
  if (of_sae >= 0 && of_sae < std::ssize(results.saes)) {
    const auto& its = results.saes[static_cast<std::size_t>(of_sae)];
    // The model is said with the behaviour, the layer beside it.
    const auto beside =
        std::ranges::count_if(results.saes, [&](const storage::SaeRow& other) {
          return other.model == its.model && other.layer == its.layer;
        });
    if (beside > 1) sae = its.name.str();
  }
  std::string name =
      spelled(results, variant, {sae, feature_of(results, variant)});
  if (const int draw = draw_of(results, variant); draw >= 0) {
    name += fmt::format(" {}", draw);
  }
  if (variant.seed >= 0) name += " " + std::to_string(variant.seed);
  if (variant.resample >= 0 &&
      !is(variant.source, storage::VariantSource::resampled)) {
    name += fmt::format(" of resampled {}", variant.resample);
  }
  return name;
}

std::string without_layer(const std::string& name, std::int32_t layer) {
  const std::string number = std::to_string(layer);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (std::size_t at = name.find(number); at != std::string::npos;
       at = name.find(number, at + 1)) {
    const std::size_t end = at + number.size();
    const bool begins = at == 0 || !digit(name[at - 1]);
    // "16k" is a width, not a layer.
    const bool ends =
        end == name.size() || (!digit(name[end]) && !letter(name[end]));
    if (begins && ends) {
      return name.substr(0, at) + "L" + name.substr(end);
    }
  }
  return name;
}

}  // namespace coxswain::analysis
