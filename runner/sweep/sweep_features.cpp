#include "runner/sweep/sweep_features.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "runner/sweep/known_names.hpp"

namespace coxswain::runner {
std::vector<std::string> saes_at(TableReader& reader, const Sweep& sweep) {
  std::set<std::string> known;
  for (const SaeEntry& one : sweep.saes) known.insert(one.id);
  const std::vector<std::string> saes = reader.some_texts("sae");
  for (const std::string& id : saes) {
    const auto sae = std::ranges::find(sweep.saes, id, &SaeEntry::id);
    if (sae == sweep.saes.end()) {
      reader.fail("sae", "\"" + id + "\"",
                  known.empty() ? "the id of an [[sae]], of which there is none"
                                : one_of(known, id));
    }
    if (std::ranges::count(sweep.steer.layers, sae->layer) == 0) {
      reader.fail("sae", id + " of layer " + std::to_string(sae->layer),
                  "one of a layer of [steer]");
    }
  }
  return saes;
}

FeatureEntry read_feature(TableReader& reader, const Sweep& sweep) {
  FeatureEntry entry;
  entry.saes = saes_at(reader, sweep);
  entry.features = reader.some_integers("feature");
  for (const int one : entry.features) {
    if (one < 0) reader.fail("feature", std::to_string(one), "0 or more");
  }
  if (reader.has("clamp")) entry.clamps = reader.some_numbers("clamp");
  reader.finish();
  return entry;
}

}  // namespace coxswain::runner
