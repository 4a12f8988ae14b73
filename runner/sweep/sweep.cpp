#include "runner/sweep/sweep.hpp"

#include <algorithm>
#include <filesystem>

#include "runner/base/exit_code.hpp"
#include "storage/models/hub_cache.hpp"

namespace coxswain::runner {

std::string Sweep::resolve(const std::string& source) const {
  if (storage::is_hub_source(source)) {
    return blame(ExitCode::bad_sweep,
                 [&] { return storage::find_in_hub(hub, source); });
  }
  const std::filesystem::path given(source);
  return given.is_absolute() ? source
                             : (std::filesystem::path(folder) / given).string();
}

std::string own_name(const VectorFileEntry& vector,
                     const std::string& behaviour) {
  return vector.name + " on " + behaviour;
}

bool steers_on(const VectorFileEntry& vector, const std::string& behaviour) {
  return vector.behaviours.empty() ||
         std::ranges::count(vector.behaviours, behaviour) > 0;
}

std::string made_name(jobs::VectorMethod method, const std::string& behaviour) {
  return method == jobs::VectorMethod::mean_difference
             ? behaviour
             : std::string(jobs::traits_of(method).name) + " on " + behaviour;
}

std::vector<NoiseEntry> noise_of(const SteerEntry& steer) {
  std::vector<NoiseEntry> all;
  for (const VariantKind& kind : noise_kinds()) {
    const auto said = std::ranges::find(steer.noise, kind, &NoiseEntry::kind);
    if (said != steer.noise.end()) {
      all.push_back(*said);
    } else if (std::ranges::count(steer.variants, kind) > 0) {
      all.push_back({kind, steer.random, steer.layers});
    }
  }
  return all;
}

bool steers_with(const Sweep& sweep, jobs::VariantSource source) {
  if (source == jobs::VariantSource::resampled) {
    return sweep.resample > 0 &&
           steers_with(sweep, jobs::VariantSource::original);
  }
  if (source == jobs::VariantSource::subset) {
    return !sweep.train_clusters.empty() &&
           steers_with(sweep, jobs::VariantSource::original);
  }
  if (source == jobs::VariantSource::feature) return !sweep.features.empty();
  return std::ranges::count(sweep.steer.variants, source,
                            &VariantKind::source) > 0 ||
         std::ranges::count(sweep.steer.noise, source, [](const auto& one) {
           return one.kind.source;
         }) > 0;
}

bool steers_with_pairs(const Sweep& sweep) {
  return std::ranges::any_of(
      storage::kNamesOf<jobs::VariantSource>, [&](const auto& row) {
        return jobs::needs_pairs(row.value) && steers_with(sweep, row.value);
      });
}

bool makes(const Sweep& sweep, jobs::VectorMethod method) {
  return std::ranges::count(sweep.vector_methods, method) > 0;
}

bool is_for(const std::vector<std::string>& models, const ModelEntry& model) {
  return models.empty() || std::ranges::count(models, model.id) > 0;
}

DataEntry shown_to(const ModelEntry& model, DataEntry data) {
  data.models = {model.id};
  if (model.prompt) data.prompt = *model.prompt;
  return data;
}

std::string spelling(const PartChoice& part) {
  const std::string name = jobs::name_of(part.part);
  return part.k < 0 ? name : name + ":" + std::to_string(part.k);
}

}  // namespace coxswain::runner
