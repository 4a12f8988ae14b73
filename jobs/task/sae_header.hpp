#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/task/field.hpp"

namespace coxswain::jobs {

// How codes are made of pre-activations; activation.hpp has the formulae.
// BatchTopK and Matryoshka SAEs are jump_relu or top_k once they are trained.
enum class SaeArchitecture : std::uint8_t {
  standard,
  jump_relu,
  top_k,
  abs_top_k,
  group_max,
  gated,
  matching_pursuit,
};
const char* name_of(SaeArchitecture architecture);  // as SAELens spells it
std::optional<SaeArchitecture> sae_architecture_named(std::string_view name);

// What is done to x before it is encoded, and undone after decoding.
enum class InputNormalisation : std::uint8_t {
  none,
  constant_norm,
  layer_norm
};
const char* name_of(InputNormalisation normalisation);

// Codes are in units of the decoder rows. `folded` makes the rows unit length
// and moves their norms into the codes: the reconstruction stays the same.
enum class DecoderNorms : std::uint8_t { as_published, as_stored, folded };

// What a user says of an SAE where its files don't.
struct SaeOptions {
  std::string format = "auto";
  std::int64_t k = 0;      // kept features of a top_k; 0: as the files say
  double input_scale = 0;  // x is multiplied by it; 0: as the files say
  DecoderNorms decoder_norms = DecoderNorms::as_published;

  // SaeHeader::facts tells keys what they amount to.
  static auto fields(auto& self) {
    return std::tuple(unkeyed(self.format), unkeyed(self.k),
                      unkeyed(self.input_scale), unkeyed(self.decoder_norms));
  }
  bool operator==(const SaeOptions&) const = default;
};

// What an SAE's files say without their weights: enough to plan with.
struct SaeHeader {
  std::string format;
  SaeArchitecture architecture = SaeArchitecture::standard;
  InputNormalisation normalisation = InputNormalisation::none;
  std::int64_t d_in = 0;
  std::int64_t d_sae = 0;
  std::int64_t d_out = 0;    // d_in but for transcoders
  bool b_dec_input = false;  // its own convention: x - b_dec is encoded
  bool transcoder = false;   // rebuilds another site than it reads
  std::int64_t k = 0;        // top_k, abs_top_k; groups of group_max
  bool rescaled = false;     // top_k, abs_top_k: chosen by z_j |W_dec[j]|
  // matching_pursuit
  double residual_threshold = 0;
  std::int64_t max_iterations = 0;
  bool stop_on_duplicate_support = true;

  double input_scale = 1;  // x is multiplied by it before it is encoded
  bool in_blocks = true;   // its matrices can be read block by block
  // All that the codes depend on beside the files' bytes: what a folder's name,
  // a rule of the format or the user's options say. Part of every key.
  std::string facts;

  std::string hook;       // where it was trained, as it is spelled; or ""
  std::string hook_from;  // the key, or the names of folders, that say so
  std::string model;      // on which model; may be empty
  // Trained on a stream whose mean over d_in was taken away at every token.
  bool centred = false;
  std::vector<std::string> files;  // paths of all that it consists of
  std::vector<std::string> notes;  // what the user should know

  // Of both matrices as float32.
  std::int64_t bytes() const { return 4 * d_sae * (d_in + d_out); }
};

// An SAE of more bytes is read in blocks.
constexpr std::int64_t kMostInMemory = std::int64_t{3} << 30;

// Recognises and checks the files (configuration, tensor names and shapes).
// Throws JobError or storage::StorageError naming file, key or tensor.
SaeHeader read_sae_header(const std::string& path,
                          const SaeOptions& options = {});

// Why a feature's code is not made of its own column of W_enc and a row of the
// stream alone, so that it can't be read without the others; empty: it is.
std::string why_not_alone(const SaeHeader& header);

// SHA-256 over the digests of the files it consists of.
std::string sae_digest(const SaeHeader& header);

// "auto" and the names of all formats.
std::vector<std::string> sae_format_names();

}  // namespace coxswain::jobs
