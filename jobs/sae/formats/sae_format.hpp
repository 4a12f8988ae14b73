#pragma once

#include <string>
#include <string_view>

#include "jobs/model/config/config.hpp"
#include "jobs/sae/formats/sae_files.hpp"
#include "jobs/task/sae_header.hpp"

namespace coxswain::jobs {

// A way in which SAEs are published. A new format is one unit and one line in
// the table of sae_format.cpp.
struct SaeFormat {
  std::string name;
  // Whether `path` (a folder or a file) looks like one, whole or broken.
  bool (*recognises)(const std::string& path);
  // Reads configuration and headers. Throws JobError or storage::StorageError.
  SaeFiles (*open)(const std::string& path, const SaeOptions& options);
};

extern const SaeFormat kSaeLensFormat, kGemmaScopeFormat, kGemmaScope2Format,
    kLlamaScopeFormat, kLlamaScopeR1Format, kDictionaryLearningFormat,
    kSparsifyFormat, kOpenAiFormat, kGoodfireFormat, kDeepSeekFormat,
    kQwenScopeFormat, kHookZFormat, kMwhannaFormat, kMntssFormat;

// The format that recognises `path`, or the one that the options name. Throws
// JobError.
const SaeFormat& sae_format_of(const std::string& path,
                               const SaeOptions& options);

// The only regular file in folder `path` (or `path` itself) whose name ends so;
// empty if there is none or more than one.
std::string single_file(const std::string& path, const std::string& ending);
// The folder itself, or the one that a file lies in.
std::string folder_of(const std::string& path);
// The last part of a path.
std::string file_name(const std::string& path);

// Tells the user of keys of `config` that nobody read and that are not among
// those `of_training`, names with spaces between them.
void tell_unread(const Config& config, std::string_view of_training,
                 SaeHeader& header);

// A block's number; -1 if the key is not there or has no whole number: SAEs are
// trained at several layers at a time, too, and then it is a list.
std::int64_t block_said(const Config& config, const char* key);

inline constexpr const char* kCrossLayerNote =
    "a cross-layer transcoder: its decoders are summed over the layers they "
    "write to, so codes have a meaning and the sum has little";

// Puts encoder, decoder and biases in place under their names in one container:
// `encoder` and `decoder` are .weight of linear layers, stored transposed
// ([d_sae, d_in] and [d_out, d_sae]); sets the header's sizes by their shapes.
struct LinearNames {
  const char *encoder, *encoder_bias, *decoder, *decoder_bias;
};
void describe_linear(SaeFiles& files, const LinearNames& names);

}  // namespace coxswain::jobs
