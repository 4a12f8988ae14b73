#include "runner/sweep/sweep_names.hpp"

#include <algorithm>

namespace coxswain::runner {

std::string name_at(TableReader& reader, const char* key) {
  const std::string name = reader.text(key);
  const bool plain = !name.empty() && name.size() <= kMaxName &&
                     name[0] != '.' &&
                     name.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                         "WXYZ0123456789-_.") == std::string::npos;
  if (!plain) {
    reader.fail(key, "\"" + name + "\"",
                "1 to 64 letters, digits, '-', '_' or '.'");
  }
  return name;
}

std::vector<std::string> models_at(TableReader& reader, const Sweep& sweep) {
  if (!reader.has("model")) return {};
  std::vector<std::string> models = reader.some_texts("model");
  for (const std::string& id : models) {
    if (std::ranges::count(sweep.models, id, &ModelEntry::id) > 0) continue;
    std::string known;
    for (const ModelEntry& model : sweep.models) {
      known += (known.empty() ? "" : ", ") + model.id;
    }
    reader.fail("model", "\"" + id + "\"",
                known.empty() ? "none, with [vector] from" : "of " + known);
  }
  return models;
}

}  // namespace coxswain::runner
