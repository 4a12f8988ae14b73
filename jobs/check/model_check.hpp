#pragma once

#include <string>
#include <vector>

#include "jobs/model/model_file.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// What a model makes of one text.
struct Probe {
  std::string text;
  std::string continuation;  // greedy, a few tokens
};

// A model, loaded and tried. It is fit for use if there are no problems.
struct ModelCheck {
  std::vector<Probe> probes;
  double largest_residual = 0;  // coordinate of any resid_post
  double nats = 0;              // mean -log p of a token of plain English
  double guessing = 0;          // nats of a model that knows nothing
  std::vector<std::string> problems;
};

// Loads the weights and runs a few prompts. Throws JobError or
// storage::StorageError for a model that can't be loaded.
ModelCheck check_model(const std::string& path, const ModelHeader& header,
                       ComputeType compute);

}  // namespace coxswain::jobs
