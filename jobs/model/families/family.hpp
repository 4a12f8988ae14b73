#pragma once

#include <string>

#include "jobs/model/architecture.hpp"
#include "jobs/task.hpp"
#include "storage/gguf.hpp"

namespace coxswain::jobs {

struct Weights;

// A model family: how its files describe the architecture and name their
// tensors. A new family is one unit and one line in the table of family.cpp.
struct Family {
  std::string name;  // as GGUF's general.architecture spells it
  // Fills in the description and checks that every tensor is there with the
  // shape it implies; reads no data.
  Architecture (*describe)(const storage::GgufFile& file);
  Weights (*load)(const storage::GgufFile& file, const Architecture& model,
                  ComputeType compute);
};

// Throws JobError naming the file for a family we don't have.
const Family& family_of(const storage::GgufFile& file);

extern const Family kLlamaFamily;

}  // namespace coxswain::jobs
