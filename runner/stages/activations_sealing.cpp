// Stored activations, from shards into results.h5 or files beside it.

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "jobs/task/store_result.hpp"
#include "runner/stages/activations_stage.hpp"
#include "runner/stages/bulk_files.hpp"
#include "runner/stages/sealing.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/shard.hpp"
#include "storage/tensors/convert.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::runner {
namespace {

using Place = ActivationsStage::Place;

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
// has rows of. `record` is memory for them.
template <class Put>
void put_piece(const Sealing& sealing, const storage::ActivationSet& set,
               const ActivationPiece& piece, std::string& record, Put&& put) {
  const auto bytes = static_cast<std::size_t>(piece.n_rows * set.d_model) *
                     storage::size_of(set.dtype);
  const auto wanted = [&](std::int32_t layer) {
    return std::ranges::count(set.layers, layer) > 0;
  };
  const auto& commits = sealing.state().commits;
  const auto commit = commits.find(at(sealing.plan().tasks, piece.task).key);
  if (commit == commits.end()) {
    const std::string values = missing_values(set.dtype, bytes);
    for (const std::int32_t layer : piece.layers) {
      if (wanted(layer)) put(layer, piece.first_row, std::string_view(values));
    }
    return;
  }
  const std::string& where = commit->second.bulk.file;
  storage::read_shard_bytes(sealing.run().path(), commit->second.bulk, record);
  const auto tensors = storage::tensors_in(record, where);
  const auto found = tensors.find(jobs::store_result::kActivations.name);
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

std::vector<storage::ActivationSet> sets_of(const std::vector<Place>& places) {
  std::vector<storage::ActivationSet> sets;
  for (const Place& place : places) sets.push_back(place.set);
  return sets;
}

}  // namespace

void ActivationsStage::seal_beside(Sealing& sealing, BulkFiles& files) const {
  std::vector<storage::ActivationSet> sets = sets_of(places_);
  std::uint64_t bytes = 0;
  for (const storage::ActivationSet& set : sets) bytes += bytes_of(set);
  if (bytes <= files.limits.in_results) return;
  storage::Results& tables = sealing.tables();
  storage::ActivationFiles& written =
      files.activations.emplace(sealing.run().path(), std::move(sets),
                                files.limits.in_file, tables.origin.contents);
  std::string record;
  std::vector<std::int32_t> behaviours;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    for (const ActivationPiece& piece : places_[i].pieces) {
      put_piece(
          sealing, places_[i].set, piece, record,
          [&](std::int32_t layer, std::int64_t first, std::string_view values) {
            written.write(i, layer, first, values);
          });
    }
    behaviours.push_back(places_[i].behaviour.column());
  }
  tables.activation_files = written.finish();
  tables.activation_parts = written.parts(behaviours);
}

void ActivationsStage::seal_behind(Sealing& sealing, BulkFiles& files,
                                   storage::ResultsWriter& writer) const {
  std::string record;
  for (const Place& place : places_) {
    if (files.activations) {
      writer.rows(place.set);
      continue;
    }
    writer.begin(place.set);
    for (const ActivationPiece& piece : place.pieces) {
      put_piece(
          sealing, place.set, piece, record,
          [&](std::int32_t layer, std::int64_t first, std::string_view values) {
            writer.activations(place.set, layer, first, values);
          });
    }
  }
}

}  // namespace coxswain::runner
