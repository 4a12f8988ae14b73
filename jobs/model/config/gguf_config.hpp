#pragma once

#include "jobs/model/config/config.hpp"
#include "storage/models/gguf.hpp"

namespace coxswain::jobs {

// A GGUF file's metadata under the names of config.json, so that families read
// one kind of header. `model_type` is the family's.
Config config_of_gguf(const storage::GgufFile& file,
                      const std::string& model_type);

}  // namespace coxswain::jobs
