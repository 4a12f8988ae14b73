#pragma once

#include <cstdint>
#include <string>

namespace coxswain::jobs {

enum class SaeActivation : std::uint8_t { relu, jump_relu };
const char* name_of(SaeActivation activation);

// What an SAE's files say without their weights: enough to plan with.
struct SaeHeader {
  std::string format;  // "saelens"
  SaeActivation activation = SaeActivation::relu;
  std::int64_t d_in = 0;
  std::int64_t d_sae = 0;
  bool b_dec_input = false;  // its own convention: x - b_dec is encoded
  std::string hook;          // where it was trained; may be empty
};

// Recognises and checks the files (configuration, tensor names and shapes).
// Throws JobError or storage::StorageError naming file, key or tensor.
SaeHeader read_sae_header(const std::string& path);

// SHA-256 over the digests of the files it consists of.
std::string sae_digest(const std::string& path);

}  // namespace coxswain::jobs
