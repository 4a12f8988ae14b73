#pragma once

// How tasks travel between ranks (Boost.Serialization). Included only where
// messages are packed; the journal has its own layout.

#include <boost/serialization/level.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/tracking.hpp>
#include <boost/serialization/vector.hpp>

#include "jobs/task/task.hpp"

namespace boost::serialization {

namespace jobs = coxswain::jobs;

template <class Archive>
void serialize(Archive& ar, coxswain::storage::Key& key, unsigned) {
  ar& key.high& key.low;
}
template <class Archive>
void serialize(Archive& ar, jobs::ModelSource& model, unsigned) {
  ar& model.path& model.digest& model.compute;
}
template <class Archive>
void serialize(Archive& ar, jobs::ContrastTokens& tokens, unsigned) {
  ar& tokens.shared& tokens.token_match& tokens.token_other& tokens
      .steer_from& tokens.letter_sign;
}
template <class Archive>
void serialize(Archive& ar, jobs::ExtractTask& task, unsigned) {
  ar& task.model& task.pairs& task.layers& task.keep_activations;
}
template <class Archive>
void serialize(Archive& ar, jobs::VectorTask& task, unsigned) {
  ar& task.n_layers;
}
template <class Archive>
void serialize(Archive& ar, jobs::SaeOptions& options, unsigned) {
  ar& options.format& options.k& options.input_scale& options.decoder_norms;
}
template <class Archive>
void serialize(Archive& ar, jobs::SaeSource& sae, unsigned) {
  ar& sae.path& sae.options& sae.digest& sae.facts& sae.least_explained;
}
template <class Archive>
void serialize(Archive& ar, jobs::VectorRequest& request, unsigned) {
  ar& request.control& request.input& request.other& request.key;
}
template <class Archive>
void serialize(Archive& ar, jobs::DecompositionRequest& request, unsigned) {
  ar& request.vector& request.method& request.parameter& request.scale& request
      .b_dec_input& request.b_dec_output;
}
template <class Archive>
void serialize(Archive& ar, jobs::PartRequest& request, unsigned) {
  ar& request.request& request.part& request.k;
}
template <class Archive>
void serialize(Archive& ar, jobs::DecomposeTask& task, unsigned) {
  ar& task.sae& task.layer& task.n_extracts& task.vectors& task.requests& task
      .parts& task.top& task.n_differences& task.planted_atoms;
}
template <class Archive>
void serialize(Archive& ar, jobs::VariantRequest& request, unsigned) {
  ar& request.source& request.vector_layer& request.input& request.row& request
      .norm_rule& request.sign_rule& request.dose_rule& request
      .random_key& request.token_a& request.token_b;
}
template <class Archive>
void serialize(Archive& ar, jobs::PairCluster& pair, unsigned) {
  ar& pair.cluster& pair.stratum;
}
template <class Archive>
void serialize(Archive& ar, jobs::VariantsTask& task, unsigned) {
  ar& task.model& task.n_extracts& task.requests& task.clusters& task
      .behaviours;
}
template <class Archive>
void serialize(Archive& ar, jobs::SteeredVariant& variant, unsigned) {
  ar& variant.row& variant.layer& variant.sign_rule;
}
template <class Archive>
void serialize(Archive& ar, jobs::EvaluateTask& task, unsigned) {
  ar& task.model& task.items& task.variants& task.multipliers& task.letter_mass;
}

template <class Archive>
void serialize(Archive& ar, jobs::ImportTask& task, unsigned) {
  ar& task.path& task.digest& task.behaviour& task.layers;
}

template <class Archive>
void serialize(Archive& ar, jobs::PairStrings& pair, unsigned) {
  ar& pair.shared& pair.match& pair.other& pair.keep_from;
}
template <class Archive>
void serialize(Archive& ar, jobs::StoreTask& task, unsigned) {
  ar& task.model& task.pairs& task.layers& task.dtype;
}

template <class Archive>
void serialize(Archive& ar, jobs::ObserveTask& task, unsigned) {
  ar& task.model& task.texts& task.layers;
}

template <class Archive>
void serialize(Archive& ar, jobs::ActivityTask& task, unsigned) {
  ar& task.model& task.sae& task.texts& task.layer& task.sinks_apart& task
      .contexts;
}

// The kind first, then the one task of that kind.
template <class Archive>
void save(Archive& ar, const jobs::Task& task, unsigned) {
  const auto kind = static_cast<std::uint8_t>(task.index());
  ar& kind;
  std::visit([&](const auto& one) { ar& one; }, task);
}

template <class Task, class Archive>
void load_one(Archive& ar, jobs::Task& task) {
  ar& task.emplace<Task>();
}

template <class Archive>
void load(Archive& ar, jobs::Task& task, unsigned) {
  std::uint8_t kind = 0;
  ar& kind;
  switch (static_cast<jobs::TaskKind>(kind)) {
    case jobs::TaskKind::extract:
      return load_one<jobs::ExtractTask>(ar, task);
    case jobs::TaskKind::vector:
      return load_one<jobs::VectorTask>(ar, task);
    case jobs::TaskKind::decompose:
      return load_one<jobs::DecomposeTask>(ar, task);
    case jobs::TaskKind::variants:
      return load_one<jobs::VariantsTask>(ar, task);
    case jobs::TaskKind::evaluate:
      return load_one<jobs::EvaluateTask>(ar, task);
    case jobs::TaskKind::import:
      return load_one<jobs::ImportTask>(ar, task);
    case jobs::TaskKind::store:
      return load_one<jobs::StoreTask>(ar, task);
    case jobs::TaskKind::observe:
      return load_one<jobs::ObserveTask>(ar, task);
    case jobs::TaskKind::activity:
      return load_one<jobs::ActivityTask>(ar, task);
  }
}

template <class Archive>
void serialize(Archive& ar, jobs::Task& task, unsigned version) {
  split_free(ar, task, version);
}

}  // namespace boost::serialization
