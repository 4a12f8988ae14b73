#pragma once

#include <string>

#include "jobs/task/field.hpp"
#include "jobs/task/sae_header.hpp"

namespace coxswain::jobs {

// Which SAE a task takes, as its files are read.
struct SaeSource {
  std::string path;
  SaeOptions options;  // the format as it was recognised
  std::string digest;
  std::string facts;  // SaeHeader::facts
  // What its decoder says of the activations that its vectors were made of must
  // explain more than this share of their variance, or the task fails.
  double least_explained = 0;

  static auto fields(auto& self) {
    return std::tuple(unkeyed(self.path), unkeyed(self.options),
                      keyed(self.digest), keyed(self.facts),
                      keyed(self.least_explained));
  }
  bool operator==(const SaeSource&) const = default;
};

}  // namespace coxswain::jobs
