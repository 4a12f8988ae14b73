#include "jobs/sae/formats/sae_format.hpp"

#include <filesystem>

#include "jobs/sae/formats/site.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

namespace fs = std::filesystem;

// All formats, in the order in which they are tried.
const SaeFormat* const kFormats[] = {&kLlamaScopeR1Format,
                                     &kSparsifyFormat,
                                     &kLlamaScopeFormat,
                                     &kSaeLensFormat,
                                     &kGemmaScopeFormat,
                                     &kGemmaScope2Format,
                                     &kDictionaryLearningFormat,
                                     &kMwhannaFormat,
                                     &kMntssFormat,
                                     &kHookZFormat,
                                     &kOpenAiFormat,
                                     &kGoodfireFormat,
                                     &kDeepSeekFormat,
                                     &kQwenScopeFormat};

std::string known_names() {
  std::string known;
  for (const std::string& name : sae_format_names()) {
    known += (known.empty() ? "" : ", ") + name;
  }
  return known;
}

bool is_word_of(std::string_view words, const std::string& word) {
  const std::string all = " " + std::string(words) + " ";
  return word.find(' ') == std::string::npos &&
         all.find(" " + word + " ") != std::string::npos;
}

}  // namespace

const SaeFormat& sae_format_of(const std::string& path,
                               const SaeOptions& options) {
  if (!fs::exists(path)) {
    throw JobError({path, "", "no such file or folder", "an SAE", ""});
  }
  for (const SaeFormat* format : kFormats) {
    // The order of the table matters: some formats' files are another's and
    // more.
    if (options.format == "auto" ? format->recognises(path)
                                 : format->name == options.format) {
      return *format;
    }
  }
  throw JobError({path, "", "no SAE of a format we know",
                  "one of " + known_names(), "check the path"});
}

void describe_linear(SaeFiles& files, const LinearNames& names) {
  const auto& encoder = files.shape(names.encoder, 2);
  files.header.d_sae = encoder[0];
  files.header.d_in = files.header.d_out = encoder[1];
  files.tensors["W_enc"] = {.name = names.encoder, .transposed = true};
  files.tensors["b_enc"] = {.name = names.encoder_bias};
  files.tensors["W_dec"] = {.name = names.decoder, .transposed = true};
  files.tensors["b_dec"] = {.name = names.decoder_bias};
}

void tell_unread(const Config& config, std::string_view of_training,
                 SaeHeader& header) {
  for (const std::string& key : config.unasked()) {
    if (is_word_of(of_training, key)) continue;
    header.notes.push_back(config.where() + ": " + storage::printable(key) +
                           " is not a setting of such SAEs here; it was not "
                           "used");
  }
}

std::int64_t block_said(const Config& config, const char* key) {
  try {
    return config.integer_or(key, -1);
  } catch (const JobError&) {
    // No number, but perhaps the text of one.
  }
  try {
    return site_named("layer " + config.text_or(key, "")).layer;
  } catch (const JobError&) {
    return -1;
  }
}

std::string single_file(const std::string& path, const std::string& ending) {
  if (fs::is_regular_file(path)) return path.ends_with(ending) ? path : "";
  if (!fs::is_directory(path)) return "";
  std::string found;
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().string();
    if (!name.ends_with(ending) || !entry.is_regular_file()) continue;
    if (!found.empty()) return "";
    found = name;
  }
  return found;
}

std::string folder_of(const std::string& path) {
  if (fs::is_directory(path)) return path;
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

std::string file_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::vector<std::string> sae_format_names() {
  std::vector<std::string> names{"auto"};
  for (const SaeFormat* format : kFormats) names.push_back(format->name);
  return names;
}

}  // namespace coxswain::jobs
