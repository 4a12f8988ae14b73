#include "runner/report/exported_vectors.hpp"

#include <toml++/toml.h>

#include <cassert>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "analysis/forms/plain_text.hpp"
#include "analysis/measures/atoms.hpp"
#include "analysis/measures/labels.hpp"
#include "runner/report/row_at.hpp"
#include "storage/files/fault.hpp"
#include "storage/results/model_rows.hpp"

namespace coxswain::runner {
namespace {

using analysis::enumerated;
using analysis::one_line;
using nlohmann::json;

bool is_finite(std::string_view values) {
  assert(values.size() % sizeof(float) == 0);
  for (std::size_t at = 0; at < values.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, values.data() + at, sizeof value);
    if (!std::isfinite(value)) return false;
  }
  return true;
}

class Exporter {
 public:
  Exporter(const storage::Results& results, const std::string& hook)
      : results_(results), names_(results) {
    out_.hook = hook;
  }

  void add_vectors() {
    const storage::ModelRows values(results_, "vectors");
    for (std::size_t i = 0; i < results_.vectors.size(); ++i) {
      const storage::VectorRow& row = results_.vectors[i];
      json metadata =
          metadata_of("tables/vectors", i, row.behaviour, row.layer);
      metadata["source"] = "original";
      metadata["method"] = enumerated(results_, "methods", row.method);
      metadata["n_pairs"] = row.n_pairs;
      metadata["norm"] = row.norm;
      metadata["use"] = kAdded;
      add(row, metadata, values.bytes(i));
    }
  }

  void add_decompositions() {
    const storage::ModelRows values(results_, "reconstructions");
    for (std::size_t i = 0; i < results_.decompositions.size(); ++i) {
      const storage::DecompositionRow& row = results_.decompositions[i];
      const std::int32_t behaviour =
          row.vector < 0
              ? -1
              : row_at(results_.vectors, row.vector, "tables/vectors")
                    .behaviour;
      json metadata =
          metadata_of("tables/decompositions", i, behaviour, row.layer);
      metadata["source"] = "reconstruction";
      metadata["sae"] = sae(row.sae);
      metadata["method"] = analysis::method_name(results_, row);
      metadata["control"] = enumerated(results_, "controls", row.control);
      metadata["seed"] = or_null(row.seed);
      metadata["resample"] = or_null(row.resample);
      metadata["draw"] = or_null(row.draw);
      metadata["other"] = other(row.other);
      metadata["scale"] = row.scale;
      metadata["b_dec_input"] = row.b_dec_input;
      metadata["b_dec_output"] = row.b_dec_output;
      metadata["norm"] = row.norm;
      metadata["use"] = "what the decomposition adds up to, its own length";
      add(row, metadata, values.bytes(i));
    }
  }

  void add_variants() {
    const storage::ModelRows values(results_, "variant_vectors");
    for (std::size_t i = 0; i < results_.variants.size(); ++i) {
      const storage::VariantRow& row = results_.variants[i];
      if (is(row.source, storage::VariantSource::original) && row.vector >= 0 &&
          is(row.dose_rule, storage::DoseRule::raw)) {
        continue;  // is there, as the vector
      }
      json metadata =
          metadata_of("tables/variants", i, row.behaviour, row.layer);
      metadata["source"] = enumerated(results_, "variants", row.source);
      metadata["part"] = analysis::part_name(results_, row.part, row.part_k);
      metadata["norm_rule"] = enumerated(results_, "norm_rules", row.norm_rule);
      metadata["sign_rule"] = enumerated(results_, "sign_rules", row.sign_rule);
      metadata["dose_rule"] = enumerated(results_, "dose_rules", row.dose_rule);
      metadata["operation"] = enumerated(results_, "operations", row.operation);
      metadata["control"] = enumerated(results_, "controls", row.control);
      metadata["seed"] = or_null(row.seed);
      metadata["resample"] = or_null(row.resample);
      metadata["other"] = other(row.other);
      metadata["together"] = row.together;
      metadata["train_clusters"] = or_null(row.train_clusters);
      metadata["feature"] = or_null(analysis::feature_of(results_, row));
      metadata["clamped_to"] =
          std::isnan(row.clamped_to) ? json() : json(row.clamped_to);
      metadata["norm"] = row.norm;
      metadata["cosine"] = row.cosine;
      metadata["use"] = row.together > 1
                            ? "acts together with others, which are not here"
                        : is(row.operation, storage::Operation::add)
                            ? kAdded
                            : "acts by its operation, multiplier 1";
      if (row.sae >= 0) metadata["sae"] = sae(row.sae);
      if (row.decomposition >= 0) {
        const auto& from = row_at(results_.decompositions, row.decomposition,
                                  "tables/decompositions");
        metadata["sae"] = sae(from.sae);
        metadata["method"] = analysis::method_name(results_, from);
        metadata["decomposition"] = row.decomposition;
      }
      add(row, metadata, values.bytes(i));
    }
  }

  ExportedVectors take() { return std::move(out_); }

 private:
  static constexpr const char* kAdded = "added at multiplier 1";

  static json or_null(std::int32_t number) {
    return number < 0 ? json() : json(number);
  }

  json sae(std::int32_t row) const {
    return one_line(row_at(results_.saes, row, "tables/saes").name.str());
  }

  std::string behaviour_name(std::int32_t row) const {
    return one_line(
        row_at(results_.behaviours, row, "tables/behaviours").name.str());
  }

  // The behaviour whose vector stands in.
  json other(std::int32_t vector) const {
    if (vector < 0) return {};
    return behaviour_name(
        row_at(results_.vectors, vector, "tables/vectors").behaviour);
  }

  json metadata_of(const char* table, std::size_t row, std::int32_t behaviour,
                   std::int32_t layer) const {
    return {
        {"table", table},
        {"row", row},
        {"behaviour", behaviour < 0 ? json() : json(behaviour_name(behaviour))},
        {"layer", layer},
        {"hook", out_.hook}};
  }

  // Names don't depend on what is missing.
  template <class Row>
  void add(const Row& row, const json& metadata, std::string_view values) {
    row_at(results_.models, row.model, "tables/models");
    const ExportedName name = names_.of(row);
    ++out_.rows;
    if (is_finite(values)) {
      out_.vectors.push_back(
          {row.model, row.layer, name,
           metadata.dump(-1, ' ', false, json::error_handler_t::replace),
           values});
    } else {
      ++out_.missing;
    }
  }

  const storage::Results& results_;
  ExportedNames names_;
  ExportedVectors out_;
};

// Activations of a file may have been read elsewhere; the sweep says so.
std::string hook_of(const std::string& sweep) {
  try {
    const toml::table table = toml::parse(sweep);
    const std::string hook = table["vector"]["hook"].value_or(std::string());
    return hook.empty() ? "resid_post" : one_line(hook);
  } catch (const toml::parse_error&) {
    throw storage::StorageError({"results", "sweep", "text that is no TOML",
                                 "the effective sweep", "the file is damaged"});
  }
}

}  // namespace

ExportedVectors exported_vectors(const storage::Results& results) {
  Exporter exporter(results, hook_of(results.origin.sweep));
  exporter.add_vectors();
  exporter.add_decompositions();
  exporter.add_variants();
  return exporter.take();
}

bool is_resid_post(const std::string& hook) {
  return hook == "resid_post" || hook.ends_with(".hook_resid_post");
}

}  // namespace coxswain::runner
