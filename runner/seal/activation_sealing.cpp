#include "runner/seal/activation_sealing.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "storage/files/fault.hpp"
#include "storage/run/shard.hpp"
#include "storage/tensors/convert.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::runner {
namespace {

std::string missing_values(storage::DType dtype, std::size_t bytes) {
  const std::vector<float> nan(bytes / storage::size_of(dtype),
                               std::numeric_limits<float>::quiet_NaN());
  std::string values(bytes, '\0');
  storage::convert(
      storage::DType::f32,
      {reinterpret_cast<const char*>(nan.data()), nan.size() * sizeof(float)},
      dtype, values.data(), "activations without a result");
  return values;
}

// Calls put(layer, first row, values) for every layer of the set that one task
// has rows of.
// `record` is memory for them.
template <class Put>
void put_piece(const Plan& plan, const storage::JournalState& state,
               const storage::RunDirectory& run,
               const storage::ActivationSet& set, const ActivationPiece& piece,
               std::string& record, Put&& put) {
  const auto bytes = static_cast<std::size_t>(piece.n_rows * set.d_model) *
                     storage::size_of(set.dtype);
  const auto wanted = [&](std::int32_t layer) {
    return std::ranges::count(set.layers, layer) > 0;
  };
  const auto commit = state.commits.find(plan.tasks[piece.task].key);
  if (commit == state.commits.end()) {
    const std::string values = missing_values(set.dtype, bytes);
    for (const std::int32_t layer : piece.layers) {
      if (!wanted(layer)) continue;
      put(layer, piece.first_row, std::string_view(values));
    }
    return;
  }
  const std::string& where = commit->second.bulk.file;
  storage::read_shard_bytes(run.path(), commit->second.bulk, record);
  const auto tensors = storage::tensors_in(record, where);
  const auto found = tensors.find("activations");
  if (found == tensors.end() || found->second.dtype != set.dtype ||
      found->second.length != bytes * piece.layers.size()) {
    throw storage::StorageError(
        {where, "activations", "another shape than the plan's",
         std::to_string(bytes * piece.layers.size()) + " bytes",
         "move the run away and run the sweep again"});
  }
  std::string_view values =
      std::string_view(record).substr(found->second.offset);
  for (const std::int32_t layer : piece.layers) {
    if (wanted(layer)) put(layer, piece.first_row, values.substr(0, bytes));
    values.remove_prefix(bytes);
  }
}

std::vector<storage::ActivationSet> sets_of(const Plan& plan) {
  std::vector<storage::ActivationSet> sets;
  for (const ActivationPlace& place : plan.activations) {
    sets.push_back(place.set);
  }
  return sets;
}

}  // namespace

std::optional<storage::ActivationFiles> seal_activation_files(
    const Plan& plan, const storage::JournalState& state,
    const storage::RunDirectory& run, const storage::ActivationLimits& limits,
    storage::Results& tables) {
  std::vector<storage::ActivationSet> sets = sets_of(plan);
  std::uint64_t bytes = 0;
  for (const storage::ActivationSet& set : sets) bytes += bytes_of(set);
  if (bytes <= limits.in_results) return std::nullopt;
  std::optional<storage::ActivationFiles> files;
  files.emplace(run.path(), std::move(sets), limits.in_file,
                tables.facts.contents);
  std::string record;
  for (std::size_t i = 0; i < plan.activations.size(); ++i) {
    const ActivationPlace& place = plan.activations[i];
    for (const ActivationPiece& piece : place.pieces) {
      put_piece(
          plan, state, run, place.set, piece, record,
          [&](std::int32_t layer, std::int64_t first, std::string_view values) {
            files->write(i, layer, first, values);
          });
    }
  }
  tables.activation_files = files->finish();
  std::vector<std::int32_t> behaviours;
  for (const ActivationPlace& place : plan.activations) {
    behaviours.push_back(place.behaviour);
  }
  tables.activation_parts = files->parts(behaviours);
  return files;
}

void seal_activations_within(const Plan& plan,
                             const storage::JournalState& state,
                             const storage::RunDirectory& run,
                             storage::ResultsWriter& writer) {
  std::string record;
  for (const ActivationPlace& place : plan.activations) {
    writer.begin(place.set);
    for (const ActivationPiece& piece : place.pieces) {
      put_piece(
          plan, state, run, place.set, piece, record,
          [&](std::int32_t layer, std::int64_t first, std::string_view values) {
            writer.activations(place.set, layer, first, values);
          });
    }
  }
}

}  // namespace coxswain::runner
