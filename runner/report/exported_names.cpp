#include "runner/report/exported_names.hpp"

#include <fmt/format.h>

#include <cmath>
#include <tuple>

#include "analysis/forms/plain_text.hpp"
#include "analysis/measures/labels.hpp"
#include "runner/report/row_at.hpp"
#include "runner/report/unique_name.hpp"

namespace coxswain::runner {
namespace {

using analysis::enumerated;
using analysis::file_name_part;

// "random_3"; a control without a seed is its name alone.
std::string seeded(const std::string& name, std::int32_t seed) {
  return seed < 0 ? name : fmt::format("{}_{}", name, seed);
}

}  // namespace

const std::string& ExportedNames::Parts::of(std::int32_t model,
                                            std::int32_t row,
                                            const std::string& name) {
  std::string& part = parts_[{model, row}];
  if (part.empty()) part = unique_name(file_name_part(name), taken_[model]);
  return part;
}

std::string ExportedNames::behaviour_part(std::int32_t model,
                                          std::int32_t row) {
  if (row < 0) return behaviours_.of(model, row, "zero-vector");
  return behaviours_.of(
      model, row,
      row_at(results_.behaviours, row, "tables/behaviours").name.str());
}

std::string ExportedNames::other_part(std::int32_t model, std::int32_t vector) {
  return behaviour_part(
      model, row_at(results_.vectors, vector, "tables/vectors").behaviour);
}

std::string ExportedNames::sae_part(std::int32_t row) {
  const auto& sae = row_at(results_.saes, row, "tables/saes");
  return saes_.of(sae.model, row, sae.name.str());
}

ExportedName ExportedNames::named(std::int32_t model, std::int32_t behaviour,
                                  std::int32_t layer,
                                  const std::string& below_layer,
                                  const std::string& kind) {
  const std::string part = behaviour_part(model, behaviour);
  return {part,
          unique_name(fmt::format("{}/layer_{}/{}", part, layer, below_layer),
                      tensors_[model]),
          kind};
}

ExportedName ExportedNames::of(const storage::VectorRow& row) {
  const std::string name = seeded("original", row.resample);
  return named(row.model, row.behaviour, row.layer, name, name);
}

// What is as usual is left out.
ExportedName ExportedNames::of(const storage::DecompositionRow& row) {
  const std::int32_t behaviour =
      row.vector < 0
          ? -1
          : row_at(results_.vectors, row.vector, "tables/vectors").behaviour;
  std::string name =
      fmt::format("{}/{}/decoded", sae_part(row.sae),
                  file_name_part(analysis::method_name(results_, row)));
  if (row.other >= 0) {
    name += "/other/" + other_part(row.model, row.other);
  } else if (row.vector >= 0 && !is(row.control, storage::Control::none)) {
    const std::string control = enumerated(results_, "controls", row.control);
    name += "/" + seeded(file_name_part(control), row.seed);
  }
  if (row.draw >= 0) name += "/" + seeded("draw", row.draw);
  if (row.scale != 1) name += fmt::format("/scale_{}", row.scale);
  const auto& sae = row_at(results_.saes, row.sae, "tables/saes");
  if (row.b_dec_input != sae.b_dec_input) {
    name += fmt::format("/b_dec_input_{}", row.b_dec_input);
  }
  if (row.b_dec_output != 0) name += "/b_dec_output_1";
  return named(row.model, behaviour, row.layer, name, "");
}

ExportedName ExportedNames::of(const storage::VariantRow& row) {
  std::string source =
      file_name_part(enumerated(results_, "variants", row.source));
  if (is(row.source, storage::VariantSource::shuffled) &&
      is(row.norm_rule, storage::NormRule::equal)) {
    source += "-stretched";
  }
  std::string name, kind;
  if (row.decomposition >= 0) {
    std::tie(name, kind) = rebuilt(row, source);
  } else if (is(row.source, storage::VariantSource::feature)) {
    std::tie(name, kind) = of_feature(row, source);
  } else if (row.other >= 0) {
    const std::string other = other_part(row.model, row.other);
    name = source + "/" + other;
    kind = source + "-" + other;
  } else {
    if (row.train_clusters >= 0) {
      source += fmt::format("_{}_clusters", row.train_clusters);
    }
    name = kind = seeded(source, row.seed);
  }
  // What turns with each item is no one vector to be added.
  const bool fixed = is(row.sign_rule, storage::SignRule::fixed);
  const bool planted = is(row.source, storage::VariantSource::planted);
  std::string unusual = planted && fixed ? "-fixed_sign" : "";
  if (!is(row.dose_rule, storage::DoseRule::raw)) {
    unusual +=
        "-" + file_name_part(enumerated(results_, "dose_rules", row.dose_rule));
  }
  // A control vector is one to be added, by itself.
  const bool added = is(row.operation, storage::Operation::add);
  if (!added) {
    unusual +=
        "-" + file_name_part(enumerated(results_, "operations", row.operation));
  }
  if (!std::isnan(row.clamped_to)) {
    unusual += file_name_part(fmt::format("-to_{}", row.clamped_to));
  }
  name += unusual;
  kind += unusual;
  return named(row.model, row.behaviour, row.layer, name,
               fixed && added && row.together == 1 ? kind : "");
}

// What of a name stands below the layer, and the kind.
std::pair<std::string, std::string> ExportedNames::of_feature(
    const storage::VariantRow& row, const std::string& source) {
  const std::string sae = sae_part(row.sae);
  const bool own = analysis::has_own_length(row);
  const std::string feature = fmt::format("{}_{}", source, row.feature);
  return {fmt::format("{}/{}{}", sae, feature, own ? "/own_length" : ""),
          fmt::format("{}-{}{}", feature, sae, own ? "-own_length" : "")};
}

// The same of what was rebuilt from a decomposition.
std::pair<std::string, std::string> ExportedNames::rebuilt(
    const storage::VariantRow& row, const std::string& source) {
  const auto& from = row_at(results_.decompositions, row.decomposition,
                            "tables/decompositions");
  const std::string sae = sae_part(from.sae);
  const std::string method =
      file_name_part(analysis::method_name(results_, from));
  const std::string part =
      file_name_part(analysis::part_name(results_, row.part, row.part_k));
  const bool own = analysis::has_own_length(row);
  std::string of = row.resample < 0 ? "" : seeded("resampled", row.resample);
  if (from.draw >= 0) of = seeded("draw", from.draw);
  return {fmt::format("{}/{}/{}/{}{}{}", sae, method, source, part,
                      of.empty() ? "" : "/" + of, own ? "/own_length" : ""),
          fmt::format("{}-{}-{}-{}{}{}", source, method, part,
                      analysis::without_layer(sae, row.layer),
                      of.empty() ? "" : "-" + of, own ? "-own_length" : "")};
}

}  // namespace coxswain::runner
