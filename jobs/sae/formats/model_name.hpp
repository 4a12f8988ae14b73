#pragma once

#include <string>
#include <vector>

namespace coxswain::jobs {

// What is known of the model that a sweep loads.
struct KnownModel {
  std::vector<std::string> names;  // its path or repository, its id
  std::string family;              // Architecture::family
};

// Whether a name that an SAE's files give is surely another model's: of
// another family, version, size or tuning. Names vary (gpt2 and gpt2-small,
// google/gemma-2-2b and a folder gemma_2_2B), and a folder may be called
// anything: what a name does not say is never held against it.
bool names_another_model(const std::string& said, const KnownModel& model);

}  // namespace coxswain::jobs
