#include "runner/sweep/sweep_variants.hpp"

#include <algorithm>

#include "storage/results/enumerations.hpp"

namespace coxswain::runner {
namespace {

// A number of seeds, or a table with seeds and layers.
NoiseEntry noise_at(TableReader& noise, const VariantKind& kind,
                    const SteerEntry& steer) {
  const std::string key = spelling(kind);
  if (!noise.is_table(key.c_str())) {
    return {kind, static_cast<int>(noise.integer(key.c_str(), 1, kMostSeeds)),
            steer.layers};
  }
  TableReader reader = noise.table(key.c_str());
  NoiseEntry entry{kind, 0, steer.layers};
  entry.seeds =
      static_cast<int>(reader.integer_or("seeds", steer.random, 1, kMostSeeds));
  if (reader.has("layers") && !reader.says("layers", "all")) {
    entry.layers = reader.integers("layers");
  }
  for (const int layer : entry.layers) {
    if (std::ranges::count(steer.layers, layer) == 0) {
      reader.fail("layers", std::to_string(layer), "of those of [steer]");
    }
  }
  reader.finish();
  return entry;
}

}  // namespace

std::vector<VariantKind> read_variants(TableReader& reader) {
  if (!reader.has("variants")) return {VariantKind()};
  std::vector<VariantKind> kinds;
  for (const std::string& name : reader.texts("variants")) {
    const auto kind = variant_kind_named(name);
    if (kind) {
      kinds.push_back(*kind);
      continue;
    }
    if (storage::named<storage::VariantSource>(name)) {
      reader.fail("variants", "\"" + name + "\"",
                  "[vector] resample = N for vectors of resampled pairs, "
                  "train_clusters = [N, ...] for those of fewer, [[feature]] "
                  "for features of SAEs");
    }
    std::string known;
    for (const VariantKind& one : variant_kinds()) {
      known += (known.empty() ? "" : ", ") + spelling(one);
    }
    reader.fail("variants", "\"" + name + "\"", "of " + known);
  }
  return kinds;
}

std::vector<NoiseEntry> read_noise(TableReader& steering,
                                   const SteerEntry& steer) {
  TableReader reader = steering.table("noise");
  std::vector<NoiseEntry> noise;
  for (const VariantKind& kind : noise_kinds()) {
    if (reader.has(spelling(kind).c_str())) {
      noise.push_back(noise_at(reader, kind, steer));
    }
  }
  reader.finish();
  return noise;
}

}  // namespace coxswain::runner
