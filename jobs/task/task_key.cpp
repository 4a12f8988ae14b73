#include <type_traits>

#include "jobs/task/task.hpp"
#include "storage/files/bytes.hpp"

namespace coxswain::jobs {
namespace {

using storage::ByteWriter;

// What bfloat16 rounds, of all kinds that run a model: float32 stays.
constexpr std::uint32_t kBfloat16Version = 2;

void put(ByteWriter& out, const ModelSource& model) {
  out.text(model.digest);
  out.number(static_cast<std::uint8_t>(model.compute));
  if (model.compute == ComputeType::bfloat16) out.number(kBfloat16Version);
}

// What is read of a pair; where it is steered is no part of it.
void put_read(ByteWriter& out, const ContrastTokens& tokens) {
  out.number<std::uint64_t>(tokens.shared.size());
  for (const std::int32_t token : tokens.shared) out.number(token);
  out.number(tokens.token_match);
  out.number(tokens.token_other);
}

void put(ByteWriter& out, const ContrastTokens& tokens) {
  put_read(out, tokens);
  out.number(tokens.steer_from);
  out.number(tokens.letter_sign);
}

void put(ByteWriter& out, const storage::Key& key) {
  out.number(key.high);
  out.number(key.low);
}

void put(ByteWriter& out, const SaeSource& sae) {
  out.text(sae.digest);
  out.text(sae.facts);
  out.number(sae.least_explained);
}

void put(ByteWriter& out, const VectorRequest& request) {
  out.number(static_cast<std::uint8_t>(request.control));
  out.number(request.input);
  out.number(request.other);
  put(out, request.key);
}

void put(ByteWriter& out, const DecompositionRequest& request) {
  out.number(request.vector);
  out.text(request.method);
  out.number(request.parameter);
  out.number(request.scale);
  out.number<std::uint8_t>(request.b_dec_input);
  out.number<std::uint8_t>(request.b_dec_output);
}

void put(ByteWriter& out, const PartRequest& request) {
  out.number(request.request);
  out.number(static_cast<std::uint8_t>(request.part));
  out.number(request.k);
}

void put(ByteWriter& out, const VariantRequest& request) {
  out.number(static_cast<std::uint8_t>(request.source));
  out.number(request.vector_layer);
  out.number(request.input);
  out.number(request.row);
  out.number(static_cast<std::uint8_t>(request.norm_rule));
  out.number(static_cast<std::uint8_t>(request.sign_rule));
  out.number(static_cast<std::uint8_t>(request.dose_rule));
  put(out, request.random_key);
  out.number(request.token_a);
  out.number(request.token_b);
}

void put(ByteWriter& out, const PairCluster& pair) {
  out.number(pair.cluster);
  out.number(pair.stratum);
}

void put(ByteWriter& out, const SteeredVariant& variant) {
  out.number(variant.row);
  out.number(variant.layer);
  out.number(static_cast<std::uint8_t>(variant.sign_rule));
}

template <class T>
void put_all(ByteWriter& out, const std::vector<T>& values);

void put(ByteWriter& out, const PairStrings& pair) {
  put_all(out, pair.shared);
  put_all(out, pair.match);
  put_all(out, pair.other);
  out.number(pair.keep_from);
}

template <class T>
void put_all(ByteWriter& out, const std::vector<T>& values) {
  out.number<std::uint64_t>(values.size());
  for (const T& value : values) {
    if constexpr (std::is_arithmetic_v<T>) {
      out.number(value);
    } else {
      put(out, value);
    }
  }
}

void describe(ByteWriter& out, const ExtractTask& task) {
  put(out, task.model);
  for (const ContrastTokens& pair : task.pairs) {
    put_read(out, pair);
    out.number(pair.letter_sign);
  }
  put_all(out, task.layers);
  out.number<std::uint8_t>(task.keep_activations);
}

void describe(ByteWriter& out, const VectorTask& task) {
  out.number(task.n_layers);
}

void describe(ByteWriter& out, const DecomposeTask& task) {
  put(out, task.sae);
  out.number(task.layer);
  put_all(out, task.n_extracts);
  put_all(out, task.vectors);
  put_all(out, task.requests);
  put_all(out, task.parts);
  out.number(task.top);
  out.number(task.n_differences);
  out.number(task.planted_atoms);
}

void describe(ByteWriter& out, const VariantsTask& task) {
  put(out, task.model);
  out.number(task.n_extracts);
  put_all(out, task.requests);
  put_all(out, task.clusters);
  put_all(out, task.behaviours);
}

void describe(ByteWriter& out, const EvaluateTask& task) {
  put(out, task.model);
  put_all(out, task.items);
  put_all(out, task.variants);
  put_all(out, task.multipliers);
  out.number<std::uint8_t>(task.letter_mass);
}

void describe(ByteWriter& out, const ImportTask& task) {
  out.text(task.digest);
  out.text(task.behaviour);
  put_all(out, task.layers);
}

void describe(ByteWriter& out, const ObserveTask& task) {
  put(out, task.model);
  for (const auto& text : task.texts) put_all(out, text);
  put_all(out, task.layers);
}

void describe(ByteWriter& out, const ActivityTask& task) {
  if (!task.texts.empty()) put(out, task.model);
  put(out, task.sae);
  for (const auto& text : task.texts) put_all(out, text);
  out.number(task.layer);
  if (task.sinks_apart || task.contexts > 0) {
    out.number<std::uint8_t>(task.sinks_apart);
    out.number(task.contexts);
  }
}

void describe(ByteWriter& out, const StoreTask& task) {
  put(out, task.model);
  put_all(out, task.pairs);
  put_all(out, task.layers);
  out.number(static_cast<std::uint8_t>(task.dtype));
}

}  // namespace

storage::Key key_of_reading(std::span<const ContrastTokens> pairs) {
  ByteWriter out;
  for (const ContrastTokens& pair : pairs) put_read(out, pair);
  return storage::key_of(out.take());
}

storage::Key key_of_steering(const ContrastTokens& item) {
  ByteWriter out;
  put(out, item);
  return storage::key_of(out.take());
}

storage::Key key_of_texts(std::span<const std::vector<std::int32_t>> texts) {
  ByteWriter out;
  for (const auto& text : texts) put_all(out, text);
  return storage::key_of(out.take());
}

storage::Key key_of(const Task& task, std::span<const storage::Key> inputs,
                    std::int64_t threads) {
  ByteWriter out;
  out.number(static_cast<std::uint8_t>(kind_of(task)));
  out.number(threads);
  std::visit(
      [&]<class T>(const T& one) {
        out.number(KindTraits<T>::kVersion);
        describe(out, one);
      },
      task);
  for (const storage::Key& input : inputs) put(out, input);
  return storage::key_of(out.take());
}

}  // namespace coxswain::jobs
