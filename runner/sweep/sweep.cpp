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

bool is_for(const std::vector<std::string>& models, const ModelEntry& model) {
  return models.empty() || std::ranges::count(models, model.id) > 0;
}

DataEntry shown_to(const ModelEntry& model, DataEntry data) {
  data.models = {model.id};
  if (model.prompt) data.prompt = *model.prompt;
  return data;
}

}  // namespace coxswain::runner
