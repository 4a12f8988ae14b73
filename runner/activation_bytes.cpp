#include "runner/activation_bytes.hpp"

#include <variant>

#include "storage/activation_files.hpp"

namespace coxswain::runner {
namespace {

// Columns of a row of the table that says what is what.
constexpr std::uint64_t kRowBytes = 8 + 4 + 1 + 4;

}  // namespace

ActivationBytes activation_bytes(const Plan& plan) {
  ActivationBytes bytes;
  const auto d_model = static_cast<std::uint64_t>(
      plan.models.front().header.architecture.d_model);
  std::size_t imported = 0;  // behaviours, in the order of their tasks
  for (const PlannedTask& task : plan.tasks) {
    if (const auto* extract = std::get_if<jobs::ExtractTask>(&task.task)) {
      if (!extract->keep_activations) continue;
      bytes.shards += extract->pairs.size() * 2 * extract->layers.size() *
                      d_model * sizeof(float);
    } else if (const auto* import = std::get_if<jobs::ImportTask>(&task.task)) {
      const auto pairs = static_cast<std::uint64_t>(
          plan.tables.behaviours.at(imported++).train);
      bytes.shards +=
          pairs * 2 * import->layers.size() * d_model * sizeof(float);
    } else if (const auto* store = std::get_if<jobs::StoreTask>(&task.task)) {
      for (const jobs::PairStrings& pair : store->pairs) {
        bytes.shards += static_cast<std::uint64_t>(jobs::kept_rows(pair)) *
                        store->layers.size() * d_model *
                        storage::size_of(store->dtype);
      }
    }
  }
  for (const ActivationPlace& place : plan.activations) {
    bytes.sealed +=
        storage::bytes_of(place.set) + place.set.rows.size() * kRowBytes;
  }
  return bytes;
}

}  // namespace coxswain::runner
