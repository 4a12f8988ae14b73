#pragma once

#include <string>

#include "jobs/model/config/config.hpp"
#include "storage/models/gguf.hpp"

namespace coxswain::jobs {

// The architecture that a GGUF file names. Throws JobError for a file that
// holds no whole model: a part of a split one, an adapter, a projector, an
// importance matrix, a control vector, a vocabulary alone.
std::string architecture_of(const storage::GgufFile& file);

// A GGUF file's metadata under the names of config.json, so that families read
// one kind of header. `model_type` is the family's. What the format leaves to
// its reader is as llama.cpp has it. Throws JobError naming the key for a
// setting that would be computed wrongly; keys of the architecture that nothing
// reads are left as they are, to be told to the user.
Config config_of_gguf(const storage::GgufFile& file,
                      const std::string& model_type);

}  // namespace coxswain::jobs
