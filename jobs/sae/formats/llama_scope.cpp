// Llama Scope: hyperparams.json and checkpoints/final.safetensors; its R1
// variant: config.json and sae_weights.safetensors with thresholds as
// logarithms.

#include <cmath>
#include <filesystem>

#include "jobs/model/config/config.hpp"
#include "jobs/sae/formats/hub_path.hpp"
#include "jobs/sae/formats/sae_format.hpp"

namespace coxswain::jobs {
namespace {

namespace fs = std::filesystem;

constexpr LinearNames kNames{"encoder.weight", "encoder.bias", "decoder.weight",
                             "decoder.bias"};

// Settings of the program that trained them which change what is computed:
// none of those that were published has another value.
void refuse_others(const Config& settings) {
  settings.refuse_unless("sae_type", "sae");
  settings.refuse_unless("act_fn", "jumprelu");
  settings.refuse_unless("use_decoder_bias", true);
  settings.refuse_unless("apply_decoder_bias_to_pre_encoder", false);
  settings.refuse_unless("use_glu_encoder", false);
}

// Of training, and sparsity_include_decoder_norm, which is of the threshold:
// SAELens takes no notice of it either.
constexpr std::string_view kTraining =
    "dtype sparsity_include_decoder_norm force_unit_decoder_norm "
    "expansion_factor "
    "top_k l1_coefficient lp device seed strict_loading "
    "sae_pretrained_name_or_path use_ghost_grads use_triton_kernel "
    "sparsity_threshold_for_triton_spmm_kernel jumprelu_threshold_window "
    "jumprelu_threshold_grad_scale init_decoder_norm init_encoder_norm "
    "init_encoder_with_decoder_transpose decoder_exactly_fixed_norm "
    "decoder_bias_init_method remove_gradient_parallel_to_decoder_directions "
    "tp_size ddp_size exp_name exp_result_dir k_warmup_steps "
    "batchtopk_threshold_ema_beta skip_bos promote_act_fn_dtype";

// What Llama Scope and its R1 variant have in common.
SaeFiles describe(const Config& settings, const std::string& weights) {
  refuse_others(settings);
  SaeFiles files;
  files.paths.push_back(settings.where());
  files.add(storage::open_safetensors(weights));
  describe_linear(files, kNames);
  SaeHeader& header = files.header;
  header.architecture = SaeArchitecture::jump_relu;
  header.d_in = header.d_out = settings.integer("d_model");
  header.hook = settings.text_or("hook_point_in", "");
  header.hook_from = "hook_point_in";
  header.transcoder =
      settings.text_or("hook_point_out", header.hook) != header.hook;
  return files;
}

std::string settings_path(const std::string& path) {
  return path + "/hyperparams.json";
}

bool recognises(const std::string& path) {
  return fs::exists(settings_path(path));
}

SaeFiles open(const std::string& path, const SaeOptions&) {
  const Config settings = read_config(settings_path(path));
  SaeFiles files = describe(settings, path + "/checkpoints/final.safetensors");
  SaeHeader& header = files.header;
  settings.refuse_unless("norm_activation", "dataset-wise");
  header.d_sae = settings.integer_or("d_sae", header.d_sae);
  header.model = HubPath(path).folders().front();
  const Config norms = settings.table("dataset_average_activation_norm");
  const double mean = norms.number("in");
  if (!(mean > 0)) norms.refuse("in", "a positive norm");
  // Llama Scope was trained on activations scaled to an average norm of
  // sqrt(d_model).
  files.input_scale = std::sqrt(static_cast<double>(header.d_in)) / mean;
  files.constant_threshold =
      settings.number("jump_relu_threshold") * files.input_scale;
  tell_unread(settings, kTraining, header);
  return files;
}

std::string r1_settings_path(const std::string& path) {
  return path + "/config.json";
}

bool r1_recognises(const std::string& path) {
  return fs::exists(r1_settings_path(path)) &&
         !fs::exists(path + "/cfg.json") &&
         fs::exists(path + "/sae_weights.safetensors");
}

SaeFiles r1_open(const std::string& path, const SaeOptions& options) {
  const Config settings = read_config(r1_settings_path(path));
  SaeFiles files = describe(settings, path + "/sae_weights.safetensors");
  // Once it is in the weights, a file says "inference".
  const bool scaled =
      settings.text_or("norm_activation", "dataset-wise") != "inference";
  if (scaled) settings.refuse_unless("norm_activation", "dataset-wise");
  files.tensors["threshold"] = {.name = "log_jumprelu_threshold",
                                .exponent = true};
  if (scaled && options.input_scale == 0) {
    files.header.notes.emplace_back(
        "it was trained on scaled activations, and its files do not hold the "
        "factor: give input_scale = sqrt(d_model) / mean |x|");
  }
  tell_unread(settings, kTraining, files.header);
  return files;
}

}  // namespace

const SaeFormat kLlamaScopeFormat{"llama-scope", recognises, open};
const SaeFormat kLlamaScopeR1Format{"llama-scope-r1", r1_recognises, r1_open};

}  // namespace coxswain::jobs
