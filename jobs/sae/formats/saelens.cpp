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

// Of training, of its data and of its records, in all versions from 1 to 6.
constexpr std::string_view kTraining =
    "device dtype metadata noise_scale l1_coefficient lp_norm l1_warm_up_steps "
    "l0_coefficient l0_warm_up_steps pre_act_loss_coefficient "
    "jumprelu_init_threshold jumprelu_bandwidth jumprelu_sparsity_loss_mode "
    "jumprelu_tanh_scale jumprelu_ste_to_input target_l0 decoder_init_norm "
    "use_sparse_activations aux_loss_coefficient topk_threshold_lr "
    "matryoshka_widths use_matryoshka_aux_loss mse_loss_normalization "
    "use_ghost_grads normalize_sae_decoder decoder_orthogonal_init "
    "decoder_heuristic_init decoder_heuristic_init_norm "
    "init_encoder_as_decoder_transpose scale_sparsity_penalty_by_decoder_norm "
    "b_dec_init_method expansion_factor from_pretrained_path model_name "
    "model_class_name model_kwargs model_from_pretrained_kwargs hook_eval "
    "hook_point_eval hook_point_layer hook_layer hook_point_head_index "
    "hf_hook_name dataset_path dataset_trust_remote_code streaming "
    "is_dataset_tokenized use_chat_formatting context_size "
    "use_cached_activations cached_activations_path n_batches_in_buffer "
    "training_tokens total_training_tokens finetuning_tokens "
    "finetuning_method store_batch_size store_batch_size_prompts "
    "train_batch_size train_batch_size_tokens seqpos_slice prepend_bos "
    "exclude_special_tokens disable_concat_sequences sequence_separator_token "
    "activations_mixing_fraction llm_device act_store_device "
    "prefetch_llm_batches seed autocast autocast_lm compile_llm "
    "llm_compilation_mode compile_sae sae_compilation_mode adam_beta1 "
    "adam_beta2 lr lr_end lr_scheduler_name lr_warm_up_steps lr_decay_steps "
    "n_restart_cycles dead_feature_window dead_feature_threshold "
    "dead_feature_estimation_method feature_sampling_window "
    "feature_sampling_method feature_reinit_scale resample_batches "
    "n_eval_batches n_eval_seqs eval_batch_size_prompts logger log_to_wandb "
    "log_activations_store_to_wandb log_optimizer_state_to_wandb "
    "log_weights_to_wandb wandb_project wandb_id wandb_entity "
    "wandb_log_frequency eval_every_n_wandb_logs run_name n_checkpoints "
    "checkpoint_path save_final_checkpoint output_path resume "
    "resume_from_checkpoint verbose neuronpedia_id sae_lens_version "
    "sae_lens_training_version n_batches_for_norm_estimate tokens_per_buffer "
    "artifacts_path hf_repo_id release training_architecture "
    "training_architecture_details";

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

// Brings a flat table into version 6's names; returns the architecture.
std::string modernise(Config& config) {
  config.rename("hook_point", "hook_name");
  config.rename("hook_point_head_index", "hook_head_index");
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
    if (config.text("architecture") == "standard") return activation;
  } else if (activation != "relu") {
    config.refuse("activation_fn", "relu or topk");
  }
  return config.text("architecture");
}

// Settings that no version of today computes with, where they say anything
// else than that there is nothing to compute.
void refuse_settings(const Config& config, const Config& facts) {
  if (config.flag_or("finetuning_scaling_factor", false)) {
    config.refuse("finetuning_scaling_factor", "false",
                  "multiply the rows of W_dec by the tensor scaling_factor, "
                  "leave that out and say false");
  }
  if (config.text_or("reshape_activations", "none") != "none" &&
      config.text("reshape_activations") != "hook_z") {
    config.refuse("reshape_activations", "none or hook_z");
  }
  for (const Config* settings : {&config, &facts}) {
    if (settings->has("hook_head_index")) {
      settings->refuse("hook_head_index", "null",
                       "an SAE of one head has no use for steering vectors");
    }
  }
}

// Version 6 knows the activation by the architecture; what else a file says of
// it has to agree.
void check_activation(const Config& config, SaeArchitecture architecture) {
  const bool counts = architecture == SaeArchitecture::top_k ||
                      architecture == SaeArchitecture::abs_top_k;
  for (const char* key : {"activation_fn", "activation_fn_str"}) {
    const std::string name = config.text_or(key, "relu");
    if (name != "relu" && !(counts && name == "topk")) {
      config.refuse(key, counts ? "relu or topk" : "relu",
                    "the architecture says so");
    }
  }
  if (!config.has("activation_fn_kwargs")) return;
  const Config more = config.table("activation_fn_kwargs");
  if (counts && more.integer_or("k", config.integer_or("k", -1)) !=
                    config.integer_or("k", -1)) {
    more.refuse("k",
                std::to_string(config.integer_or("k", -1)) + ", as k says");
  }
  // The library gives them to the activation: ReLU takes none.
  const std::vector<std::string> others = more.unasked();
  if (counts && !others.empty()) more.refuse(others.front(), "k alone");
}

// The architecture, without _transcoder and _skip_transcoder in its name.
SaeArchitecture read_architecture(const Config& config, std::string name,
                                  SaeHeader& header, bool& skip) {
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
                  name.ends_with("batchtopk")
                      ? "save it for inference: SAELens writes it as jumprelu"
                      : "this kind of SAE is not supported");
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

// Tells of places that the settings name beside the one that counts.
void note_other_places(const Config& config, const Config& facts,
                       SaeHeader& header) {
  const Site own = as_output(site_named(header.hook));
  const auto compare = [&](const Config& settings, const char* key) {
    const std::string name = settings.text_or(key, "");
    const Site other = as_output(site_named(name));
    if (other.kind == SiteKind::unknown || other == own) return;
    header.notes.push_back(
        settings.where() + ": " + key + " is " + storage::printable(name) +
        ", but " + header.hook_from + " " + storage::printable(header.hook) +
        ", which SAELens goes by");
  };
  if (own.kind == SiteKind::unknown) return;
  if (header.hook_from == "hook_name") compare(facts, "hf_hook_name");
  if (&config != &facts) compare(config, "hook_name");
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
  note_other_places(config, facts, header);
  Site site = site_named(header.hook);
  for (const char* key : {"hook_layer", "hook_point_layer"}) {
    const std::int64_t layer = block_said(facts, key);
    if (layer < 0 || layer == site.layer) continue;
    if (site.layer < 0) {
      // A name that is no place is told as such.
      if (!header.hook.empty() && site.kind == SiteKind::unknown) continue;
      site.layer = layer;
      header.hook = hook_of(site);
      header.hook_from = key;
      continue;
    }
    header.notes.push_back(
        facts.where() + ": " + key + " is " + std::to_string(layer) + ", but " +
        header.hook_from + " " + storage::printable(header.hook) +
        ": SAELens goes by the name, and so it is done here");
  }
}

// TransformerLens takes the mean over d_model from all that is written to the
// stream, unless it is told not to: SAELens' first versions did not, later ones
// say so.
bool was_centred(const Config& config, const Config& facts, bool version_6) {
  for (const Config* settings : {&config, &facts}) {
    if (settings->has("model_from_pretrained_kwargs")) {
      return settings->table("model_from_pretrained_kwargs")
          .flag_or("center_writing_weights", false);
    }
  }
  return !version_6 && !config.has("sae_lens_training_version") &&
         !config.has("sae_lens_version");
}

SaeHeader read_header(Config& config, const SaeOptions& options, bool& skip) {
  SaeHeader header;
  const bool version_6 = is_version_6(config);
  header.architecture = read_architecture(
      config, version_6 ? config.text("architecture") : modernise(config),
      header, skip);
  header.d_in = config.integer("d_in");
  header.d_sae = config.integer("d_sae");
  header.d_out =
      header.transcoder ? config.integer_or("d_out", header.d_in) : header.d_in;
  if (!header.transcoder) config.refuse_unless("d_out", header.d_in);
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
  check_activation(config, header.architecture);
  std::optional<Config> metadata;
  if (version_6 && config.has("metadata")) {
    metadata = config.table("metadata");
  }
  const Config& facts = metadata ? *metadata : config;
  refuse_settings(config, facts);
  read_site(config, facts, header);
  header.model = facts.text_or("model_name", "");
  header.centred = was_centred(config, facts, version_6);
  tell_unread(config, kTraining, header);
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
  files.ignored_if_ones = {"scaling_factor", "finetuning_scaling_factor"};
  return files;
}

}  // namespace

const SaeFormat kSaeLensFormat{"saelens", recognises, open};

}  // namespace coxswain::jobs
