// SAEs that are one torch file: what is in it tells whose it is. OpenAI's,
// Goodfire's, DeepSeek R1's (qresearch), Qwen Scope, and the hook_z ones of
// Kissane and Krzyzanowski with their _cfg.json beside.

#include <algorithm>
#include <filesystem>

#include "jobs/model/config/config.hpp"
#include "jobs/sae/formats/hub_path.hpp"
#include "jobs/sae/formats/sae_format.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::jobs {
namespace {

std::string torch_path(const std::string& path) {
  const std::string pt = single_file(path, ".pt");
  return pt.empty() ? single_file(path, ".pth") : pt;
}

std::string settings_path(const std::string& path) {
  const std::filesystem::path file = torch_path(path);
  return folder_of(torch_path(path)) + "/" + file.stem().string() + "_cfg.json";
}

// Whether all of `names` are in the file. One that can't be read is nobody's
// but the first format's that is asked, whose open() then says why.
bool holds(const std::string& path, std::initializer_list<const char*> names,
           bool if_broken = false) {
  const std::string file = torch_path(path);
  if (file.empty()) return false;
  try {
    const auto container = without_prefix(storage::open_torch_pickle(file));
    return std::all_of(names.begin(), names.end(), [&](const char* name) {
      return container->tensors().contains(name);
    });
  } catch (const storage::StorageError&) {
    return if_broken;
  }
}

SaeFiles open_file(const std::string& path) {
  SaeFiles files;
  files.add(storage::open_torch_pickle(torch_path(path)));
  return files;
}

bool is_openai(const std::string& path) {
  return holds(path, {"pre_bias", "latent_bias"}, true);
}

SaeFiles open_openai(const std::string& path, const SaeOptions& options) {
  SaeFiles files = open_file(path);
  describe_linear(
      files, {"encoder.weight", "latent_bias", "decoder.weight", "pre_bias"});
  SaeHeader& header = files.header;
  header.b_dec_input = true;
  files.ignored = {"stats_last_nonzero", "latents_activation_frequency",
                   "latents_mean_square"};
  // OpenAI's files spell the activation out beside the tensors.
  const auto& texts = files.containers[0]->texts();
  const auto value = [&](const std::string& key) {
    const auto found = texts.find(key);
    return found == texts.end() ? std::string() : found->second;
  };
  const std::string activation = value("activation");
  if (activation == "TopK") {
    header.architecture = SaeArchitecture::top_k;
    header.normalisation = InputNormalisation::layer_norm;
    header.k = std::atoll(value("activation_state_dict.k").c_str());
    if (header.k == 0) header.k = options.k;
  } else if (activation != "ReLU") {
    throw storage::StorageError({files.paths[0], "activation",
                                 "\"" + activation + "\"", "ReLU or TopK",
                                 "this kind of SAE is not supported"});
  }
  return files;
}

bool is_goodfire(const std::string& path) {
  return holds(path, {"encoder_linear.weight", "decoder_linear.weight"});
}

SaeFiles open_goodfire(const std::string& path, const SaeOptions&) {
  SaeFiles files = open_file(path);
  files.header.model = HubPath(files.paths[0]).file();
  describe_linear(files, {"encoder_linear.weight", "encoder_linear.bias",
                          "decoder_linear.weight", "decoder_linear.bias"});
  return files;
}

bool is_deepseek(const std::string& path) {
  return holds(path, {"encoder.weight", "decoder.weight", "decoder.bias"});
}

SaeFiles open_deepseek(const std::string& path, const SaeOptions&) {
  SaeFiles files = open_file(path);
  files.header.model = HubPath(files.paths[0]).file();
  describe_linear(files, {"encoder.weight", "encoder.bias", "decoder.weight",
                          "decoder.bias"});
  return files;
}

bool is_qwen(const std::string& path) {
  return holds(path, {"W_enc", "W_dec", "b_enc", "b_dec"});
}

// What follows "L0_" in a name such as SAE-Res-Qwen3-1.7B-Base-W32K-L0_50: k.
std::int64_t k_in_name(const std::string& path) {
  const std::size_t at = path.rfind("L0_");
  return at == std::string::npos ? 0 : std::atoll(path.c_str() + at + 3);
}

// Qwen Scope's matrices lie the other way round than their names say: W_enc is
// [d_sae, d_in] there, as weights of linear layers are.
SaeFiles open_qwen(const std::string& path, const SaeOptions& options) {
  SaeFiles files = open_file(path);
  describe_linear(files, {"W_enc", "b_enc", "W_dec", "b_dec"});
  files.header.architecture = SaeArchitecture::top_k;
  files.header.k = options.k > 0 ? options.k : k_in_name(path);
  files.header.model = HubPath(path).repository();
  return files;
}

bool is_hook_z(const std::string& path) {
  return !torch_path(path).empty() &&
         std::filesystem::exists(settings_path(path)) &&
         holds(path, {"W_enc", "W_dec", "b_enc", "b_dec"});
}

// The script that trained them writes all of its settings down.
constexpr std::string_view kHookZTraining =
    "seed batch_size model_batch_size buffer_mult buffer_size buffer_batches "
    "lr num_tokens l1_coeff beta1 beta2 dict_mult seq_len enc_dtype "
    "model_dtype remove_rare_dir site layer device reinit head concat_heads "
    "resample_scheme resample_factor num_resamples "
    "anthropic_neuron_resample_scale dead_direction_cutoff re_init_every "
    "anthropic_resample_last anthropic_resample_batches wandb_project_name "
    "wandb_entity save_state_dict_every b_dec_init eval_every sched_type "
    "sched_epochs sched_lr_factor sched_warmup_epochs sched_finish name";

SaeFiles open_hook_z(const std::string& path, const SaeOptions&) {
  const Config config = read_config(settings_path(path));
  SaeFiles files;
  files.paths.push_back(settings_path(path));
  files.add(storage::open_torch_pickle(torch_path(path)));
  files.header.d_in = files.header.d_out = config.integer("act_size");
  files.header.d_sae = config.integer("dict_size");
  files.header.b_dec_input = true;
  files.header.hook = config.text_or("act_name", "");
  files.header.hook_from = "act_name";
  files.header.model = config.text_or("model_name", "");
  tell_unread(config, kHookZTraining, files.header);
  for (const char* role : {"W_enc", "W_dec", "b_enc", "b_dec"}) {
    files.tensors[role].name = role;
  }
  return files;
}

}  // namespace

const SaeFormat kOpenAiFormat{"openai", is_openai, open_openai};
const SaeFormat kGoodfireFormat{"goodfire", is_goodfire, open_goodfire};
const SaeFormat kDeepSeekFormat{"deepseek-r1", is_deepseek, open_deepseek};
const SaeFormat kQwenScopeFormat{"qwen-scope", is_qwen, open_qwen};
const SaeFormat kHookZFormat{"hook-z", is_hook_z, open_hook_z};

}  // namespace coxswain::jobs
