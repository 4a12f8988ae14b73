// SAELens directories: cfg.json and sae_weights.safetensors, of version 6 and
// of before (one flat table with other names and defaults).

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "jobs/model/config/config.hpp"
#include "jobs/sae/formats/sae_format.hpp"
#include "jobs/sae/formats/site.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::int64_t kMostIterations = 1 << 20;  // of matching pursuit

std::string config_path(const std::string& path) { return path + "/cfg.json"; }
std::string weights_path(const std::string& path) {
  return path + "/sae_weights.safetensors";
}

// Either file is enough to be taken for one: what is missing is said then.
bool recognises(const std::string& path) {
  return std::filesystem::exists(config_path(path)) ||
         std::filesystem::exists(weights_path(path));
}

bool is_version_6(const Config& config) {
  std::string version;
  if (config.has("metadata")) {
    version = config.table("metadata").text_or("sae_lens_version", "");
  }
  if (version.empty()) version = config.text_or("sae_lens_version", "");
  return std::atoi(version.c_str()) >= 6;
}

// Brings a flat table into version 6's names.
void modernise(Config& config) {
  config.rename("hook_point", "hook_name");
  config.rename("activation_fn_str", "activation_fn");
  config.set_default("architecture", "standard");
  const std::string activation = config.text_or("activation_fn", "relu");
  if (activation.starts_with("topk")) {
    if (!config.has("activation_fn_kwargs") ||
        !config.table("activation_fn_kwargs").has("k")) {
      config.refuse("activation_fn_kwargs", "{\"k\": ...}");
    }
    config.set_default("k", config.table("activation_fn_kwargs").integer("k"));
    // Before version 6 the activation function told a top-k SAE, and the
    // architecture did not.
    if (config.text("architecture") == "standard") {
      config.rename("activation_fn", "architecture");
    }
  } else if (activation != "relu") {
    config.refuse("activation_fn", "relu or topk");
  }
}

// The architecture, without _transcoder and _skip_transcoder in its name.
SaeArchitecture read_architecture(const Config& config, SaeHeader& header,
                                  bool& skip) {
  std::string name = config.text("architecture");
  const auto cut = [&](const std::string& ending) {
    if (!name.ends_with(ending)) return false;
    name.resize(name.size() - ending.size());
    if (name.ends_with('_')) name.pop_back();
    if (name.empty()) name = "standard";
    return true;
  };
  skip = cut("skip_transcoder");
  header.transcoder = skip || cut("transcoder");
  const auto found = sae_architecture_named(name);
  if (!found || *found == SaeArchitecture::group_max) {
    config.refuse("architecture",
                  "standard, jumprelu, topk, abstopk, gated, matching_pursuit "
                  "or a transcoder of these",
                  "this kind of SAE is not supported");
  }
  return *found;
}

void read_normalisation(const Config& config, const SaeOptions& options,
                        SaeHeader& header) {
  constexpr const char* kKey = "normalize_activations";
  if (!config.has(kKey) || config.is_flag(kKey)) {  // true or false: flat only
    if (!config.has(kKey) || !config.flag_or(kKey, false)) return;
  } else {
    const std::string name = config.text(kKey);
    if (name == "none" || name == "covariance_whitening") return;
    if (name == "constant_norm_rescale") {
      header.normalisation = InputNormalisation::constant_norm;
      return;
    }
    if (name == "layer_norm") {
      header.normalisation = InputNormalisation::layer_norm;
      return;
    }
    if (name != "expected_average_only_in") {
      config.refuse(kKey,
                    "none, expected_average_only_in, constant_norm_rescale or "
                    "layer_norm");
    }
  }
  if (options.input_scale == 0) {
    header.notes.emplace_back(
        "it was trained on activations scaled to an average norm of "
        "sqrt(d_in), and its files do not hold the factor: it is used "
        "unscaled; give input_scale = sqrt(d_in) / mean |x|");
  }
}

void read_by_architecture(const Config& config, const SaeOptions& options,
                          SaeHeader& header) {
  switch (header.architecture) {
    case SaeArchitecture::top_k:
    case SaeArchitecture::abs_top_k:
      if (!config.has("k") && options.k == 0) {
        header.notes.emplace_back("cfg.json has no k: SAELens' 100 is taken");
      }
      header.k = config.integer_or("k", options.k > 0 ? options.k : 100);
      header.rescaled = config.flag_or("rescale_acts_by_decoder_norm", false);
      break;
    case SaeArchitecture::matching_pursuit:
      header.residual_threshold = config.number_or("residual_threshold", 0.01);
      header.max_iterations = config.integer_or("max_iterations", header.d_in);
      if (header.max_iterations < 1 ||
          header.max_iterations > kMostIterations) {
        config.refuse("max_iterations",
                      "1 to " + std::to_string(kMostIterations));
      }
      header.stop_on_duplicate_support =
          config.flag_or("stop_on_duplicate_support", true);
      break;
    default:
      break;
  }
}

void read_site(const Config& config, const Config& facts, SaeHeader& header) {
  header.hook = facts.text_or("hook_name", "");
  header.hook_from = "hook_name";
  if (site_named(header.hook).kind == SiteKind::unknown &&
      facts.has("hf_hook_name")) {
    header.hook = facts.text("hf_hook_name");
    header.hook_from = "hf_hook_name";
  }
  if (header.hook.empty() &&
      config.text_or("reshape_activations", "none") == "hook_z") {
    header.hook = hook_of({SiteKind::attention_heads, -1});
    header.hook_from = "reshape_activations";
  }
  // What is written elsewhere than it was read.
  const std::string out = facts.text_or("hook_name_out", header.hook);
  header.transcoder = header.transcoder || out != header.hook;
  const Site site = site_named(header.hook);
  for (const char* key : {"hook_layer", "hook_point_layer"}) {
    const std::int64_t layer = block_said(facts, key);
    if (layer < 0 || site.layer < 0 || layer == site.layer) continue;
    header.notes.push_back(
        facts.where() + ": " + key + " is " + std::to_string(layer) + ", but " +
        header.hook_from + " " + storage::printable(header.hook) +
        ": SAELens goes by the name, and so it is done here");
  }
}

SaeHeader read_header(Config& config, const SaeOptions& options, bool& skip) {
  SaeHeader header;
  const bool version_6 = is_version_6(config);
  if (!version_6) modernise(config);
  header.architecture = read_architecture(config, header, skip);
  header.d_in = config.integer("d_in");
  header.d_sae = config.integer("d_sae");
  header.d_out =
      header.transcoder ? config.integer_or("d_out", header.d_in) : header.d_in;
  header.b_dec_input =
      config.flag_or("apply_b_dec_to_input", !header.transcoder);
  if (header.transcoder && header.b_dec_input) {
    config.refuse("apply_b_dec_to_input", "false, for a transcoder");
  }
  read_normalisation(config, options, header);
  if (header.transcoder && header.normalisation != InputNormalisation::none) {
    config.refuse("normalize_activations", "none, for a transcoder");
  }
  read_by_architecture(config, options, header);
  std::optional<Config> metadata;
  if (version_6 && config.has("metadata")) {
    metadata = config.table("metadata");
  }
  const Config& facts = metadata ? *metadata : config;
  read_site(config, facts, header);
  header.model = facts.text_or("model_name", "");
  return header;
}

SaeFiles open(const std::string& path, const SaeOptions& options) {
  Config config = read_config(config_path(path));
  SaeFiles files;
  bool skip = false;
  files.header = read_header(config, options, skip);
  files.paths.push_back(config_path(path));
  const storage::TensorFile& weights =
      files.add(storage::open_safetensors(weights_path(path)));
  std::vector<std::string> roles{"W_dec", "b_dec"};
  const auto add = [&](std::initializer_list<const char*> more) {
    roles.insert(roles.end(), more.begin(), more.end());
  };
  switch (files.header.architecture) {
    case SaeArchitecture::matching_pursuit:
      break;
    case SaeArchitecture::gated:
      add({"W_enc", "b_gate", "b_mag", "r_mag"});
      break;
    case SaeArchitecture::jump_relu:
      add({"W_enc", "b_enc", "threshold"});
      break;
    default:
      add({"W_enc", "b_enc"});
  }
  if (skip) add({"W_skip"});
  for (const std::string& role : roles) files.tensors[role].name = role;
  if (files.tensors.contains("threshold") &&
      weights.tensors().contains("log_threshold")) {
    files.tensors["threshold"] = {.name = "log_threshold", .exponent = true};
  }
  files.ignored_if_ones.insert("scaling_factor");
  return files;
}

}  // namespace

const SaeFormat kSaeLensFormat{"saelens", recognises, open};

}  // namespace coxswain::jobs
