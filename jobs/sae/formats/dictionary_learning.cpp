// dictionary_learning: ae.pt (a state dict) and config.json.

#include <filesystem>

#include "jobs/model/config/config.hpp"
#include "jobs/sae/formats/sae_format.hpp"
#include "jobs/sae/formats/site.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

std::string weights_path(const std::string& path) { return path + "/ae.pt"; }

bool recognises(const std::string& path) {
  return std::filesystem::exists(weights_path(path));
}

constexpr LinearNames kLinear{"encoder.weight", "encoder.bias",
                              "decoder.weight", "decoder.bias"};

// encoder.* and decoder.weight with b_dec (called `bias`, too) on both sides.
void with_bias(SaeFiles& files, const std::string& b_dec) {
  describe_linear(files, kLinear);
  files.tensors["b_dec"].name = b_dec;
  files.header.b_dec_input = true;
}

void auto_encoder(SaeFiles& files, const Config&) {
  with_bias(files, "bias");
  // dictionary_learning's from_pretrained makes decoder columns unit length.
  files.fold_decoder_norms = true;
}

void auto_encoder_new(SaeFiles& files, const Config&) {
  describe_linear(files, kLinear);
}

void gated(SaeFiles& files, const Config&) {
  with_bias(files, "decoder_bias");
  files.header.architecture = SaeArchitecture::gated;
  files.tensors.erase("b_enc");
  files.tensors["b_gate"].name = "gate_bias";
  files.tensors["b_mag"].name = "mag_bias";
  files.tensors["r_mag"].name = "r_mag";
}

void own_names(SaeFiles& files) {
  files.header.architecture = SaeArchitecture::jump_relu;
  const auto& encoder = files.shape("W_enc", 2);
  files.header.d_in = files.header.d_out = encoder[0];
  files.header.d_sae = encoder[1];
  for (const char* role : {"W_enc", "b_enc", "W_dec", "b_dec", "threshold"}) {
    files.tensors[role].name = role;
  }
}

void jump_relu(SaeFiles& files, const Config&) { own_names(files); }

void top_k(SaeFiles& files, const Config& trainer) {
  with_bias(files, "b_dec");
  files.header.architecture = SaeArchitecture::top_k;
  const storage::TensorFile& weights = *files.containers[0];
  const auto k = storage::integers(storage::read_whole(weights, "k"));
  if (k.empty()) {
    throw JobError({weights.path(), "k", "no number", "one", ""});
  }
  files.header.k = k[0];
  if (trainer.integer_or("k", files.header.k) != files.header.k) {
    trainer.refuse("k", std::to_string(files.header.k) + ", as ae.pt has it");
  }
  files.ignored = {"k", "threshold"};  // encode() uses neither
}

// BatchTopK at inference has one threshold for all features: -1 if none was
// ever set.
void batch_top_k(SaeFiles& files, const Config&) {
  with_bias(files, "b_dec");
  files.header.architecture = SaeArchitecture::jump_relu;
  files.tensors["threshold"].name = "threshold";
  files.ignored = {"k"};
}

void matryoshka(SaeFiles& files, const Config&) {
  own_names(files);
  files.header.b_dec_input = true;
  files.ignored = {"k", "group_sizes"};
}

// What its trainers write down. norm_factor is in the weights already: biases
// are scaled back before they are saved.
constexpr std::string_view kTraining =
    "trainer_class dtype lr steps seed device wandb_name warmup_steps "
    "decay_start "
    "l1_penalty resample_steps norm_factor sparsity_warmup_steps "
    "sparsity_penalty sparsity_function initial_sparsity_penalty "
    "sparsity_queue_length anneal_start anneal_end p_start p_end "
    "n_sparsity_updates aux_penalty auxk_alpha top_k_aux threshold_beta "
    "threshold_start_step k_anneal_steps k group_sizes group_fractions "
    "group_weights bandwidth target_l0 temperature dead_feature_threshold "
    "lambda_penalty layer submodule_name submodule lm_name wandb_entity "
    "wandb_project log_steps save_steps";

// A class of the library, and how its state dict is to be read.
struct DictClass {
  const char* name;
  void (*describe)(SaeFiles& files, const Config& trainer);
};
constexpr DictClass kClasses[] = {{"AutoEncoder", auto_encoder},
                                  {"AutoEncoderNew", auto_encoder_new},
                                  {"GatedAutoEncoder", gated},
                                  {"JumpReluAutoEncoder", jump_relu},
                                  {"AutoEncoderTopK", top_k},
                                  {"BatchTopKSAE", batch_top_k},
                                  {"MatryoshkaBatchTopKSAE", matryoshka}};

const DictClass& class_of(const Config& trainer) {
  const std::string name = trainer.text("dict_class");
  std::string known;
  for (const DictClass& one : kClasses) {
    if (name == one.name) return one;
    known += (known.empty() ? "" : ", ") + std::string(one.name);
  }
  trainer.refuse("dict_class", "one of " + known);
}

// The place: the submodule's name, or the block alone. A name without a block
// (resid_post) has it in `layer`.
void read_site(const Config& settings, const Config& trainer,
               SaeHeader& header) {
  const char* key =
      trainer.has("submodule_name") ? "submodule_name" : "submodule";
  header.hook = trainer.text_or(key, "");
  header.hook_from = key;
  const std::int64_t layer = block_said(trainer, "layer");
  Site site = site_named(header.hook);
  if (site.layer < 0 && layer >= 0) {
    site.layer = layer;
    header.hook = hook_of(site);
    header.hook_from = header.hook.starts_with("layer") ? "layer" : key;
  }
  if (!settings.has("buffer")) return;
  const Config buffer = settings.table("buffer");
  const std::string io = buffer.text_or("io", "out");
  if (io == "in_and_out") header.transcoder = true;
  if (io != "in") return;
  // The input of a block is the stream before it; of any other module, none of
  // the places that are known here.
  site.kind = site.kind == SiteKind::resid_post ||
                      site.kind == SiteKind::resid_pre ||
                      site.kind == SiteKind::unknown
                  ? SiteKind::resid_pre
                  : SiteKind::other;
  header.hook = hook_of(site);
  header.hook_from = "buffer.io = in, " + header.hook_from;
}

SaeFiles open(const std::string& path, const SaeOptions&) {
  const Config settings = read_config(path + "/config.json");
  const Config trainer = settings.table("trainer");
  SaeFiles files;
  files.paths.push_back(settings.where());
  files.add(storage::open_torch_pickle(weights_path(path)));
  class_of(trainer).describe(files, trainer);
  SaeHeader& header = files.header;
  header.d_in = header.d_out =
      trainer.integer_or("activation_dim", header.d_in);
  header.d_sae = trainer.integer_or("dict_size", header.d_sae);
  header.model = trainer.text_or("lm_name", "");
  read_site(settings, trainer, header);
  tell_unread(trainer, kTraining, header);
  return files;
}

}  // namespace

const SaeFormat kDictionaryLearningFormat{"dictionary-learning", recognises,
                                          open};

}  // namespace coxswain::jobs
