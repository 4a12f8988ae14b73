// Settings that change what an SAE computes are obeyed or refused by their key
// before anything is computed; others are told.

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "jobs/sae/sparse_autoencoder.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A copy of a committed SAE whose files can be changed.
class Published {
 public:
  explicit Published(const std::string& name) {
    const fs::path from =
        fs::path(COXSWAIN_SOURCE_DIR "/tests/data/reference/saes") / name;
    fs::copy(from, path(), fs::copy_options::recursive);
    fs::remove(file("expected.safetensors"));
    fs::remove(file("meta.json"));
  }

  const std::string& path() const { return scratch_.path(); }
  std::string file(const std::string& name) const {
    return scratch_.file(name);
  }

  // With these keys of a JSON file, the others as they were published; null
  // takes one away.
  Published& say(const char* settings, const json& changes) {
    if (first_.is_null()) {
      first_ = json::parse(tests::read_file(file(settings)));
    }
    json config = first_;
    config.merge_patch(changes);
    tests::write_file(file(settings), config.dump());
    return *this;
  }

  Published& hold(const char* weights, const storage::ArrayMap& arrays) {
    tests::write_file(file(weights), storage::to_safetensors(arrays));
    return *this;
  }

  // Of a header alone, as a plan reads it.
  std::string refusal(const SaeOptions& options = {}) const {
    return tests::error_of([&] { read_sae_header(path(), options); });
  }
  std::vector<std::string> notes() const {
    return read_sae_header(path()).notes;
  }

 private:
  tests::Scratch scratch_;
  json first_;
};

struct Change {
  json keys;
  const char* refused;  // in the sentence
};

void check_refused(Published& sae, const char* settings,
                   const std::vector<Change>& changes) {
  CHECK(sae.say(settings, json::object()).refusal().empty());
  for (const Change& change : changes) {
    INFO(change.keys.dump());
    const std::string sentence = sae.say(settings, change.keys).refusal();
    CHECK_THAT(sentence,
               Catch::Contains(change.refused) && Catch::Contains(settings));
  }
}

// Harmless keys are not told, unknown ones are.
void check_told(Published& sae, const char* settings, const json& harmless,
                const json& unknown, const std::string& key) {
  const std::size_t before = sae.say(settings, json::object()).notes().size();
  CHECK(sae.say(settings, harmless).notes().size() == before);
  const auto notes = sae.say(settings, unknown).notes();
  REQUIRE(notes.size() == before + 1);
  CHECK_THAT(notes.back(),
             Catch::Contains(": " + key + " is not a setting of such SAEs"));
}

constexpr const char* kWeights = "sae_weights.safetensors";

storage::ArrayMap weights_of(const Published& sae) {
  return storage::read_safetensors(sae.file(kWeights));
}

storage::Array filled(std::int64_t n, float value) {
  const std::vector<float> values(static_cast<std::size_t>(n), value);
  return storage::make_array(std::span<const float>(values), {n});
}

}  // namespace

TEST_CASE("SAELens' settings are obeyed or refused by key",
          "[jobs][sae_settings]") {
  Published sae("saelens_standard");
  check_refused(
      sae, "cfg.json",
      {{{{"finetuning_scaling_factor", true}},
        "finetuning_scaling_factor: true, expected false"},
       {{{"reshape_activations", "hook_q"}}, "reshape_activations: \"hook_q\""},
       {{{"metadata", {{"hook_head_index", 3}}}}, "hook_head_index: 3"},
       {{{"activation_fn", "tanh-relu"}}, "activation_fn: \"tanh-relu\""},
       {{{"activation_fn_str", "gelu"}}, "activation_fn_str: \"gelu\""},
       {{{"architecture", "batchtopk"}}, "save it for inference"},
       {{{"architecture", "matryoshka_batchtopk"}}, "save it for inference"},
       {{{"architecture", "temporal"}}, "architecture: \"temporal\""},
       {{{"normalize_activations", "constant_scalar_rescale"}},
        "normalize_activations"},
       {{{"apply_b_dec_to_input", "yes"}}, "apply_b_dec_to_input: \"yes\""},
       {{{"metadata", {{"model_from_pretrained_kwargs", 1}}}},
        "no JSON object"}});
  check_told(sae, "cfg.json",
             {{"noise_scale", 0.1},
              {"l1_coefficient", 5},
              {"normalize_sae_decoder", true},
              {"finetuning_scaling_factor", false},
              {"activation_fn", "relu"},
              {"activation_fn_kwargs", json::object()},
              {"dtype", "torch.bfloat16"}},
             {{"output_gain", 2}}, "output_gain");
  // No setting of this architecture: SAELens takes no notice.
  CHECK_THAT(sae.say("cfg.json", {{"rescale_acts_by_decoder_norm", true}})
                 .notes()
                 .back(),
             Catch::Contains("rescale_acts_by_decoder_norm"));
}

TEST_CASE("flat settings of SAELens before version 6 are, too",
          "[jobs][sae_settings]") {
  Published sae("saelens_old_topk_layernorm_nosub");
  check_refused(
      sae, "cfg.json",
      {{{{"activation_fn_kwargs", {{"k", 8}, {"postact_fn", "tanh"}}}},
        "postact_fn: \"tanh\""},
       {{{"activation_fn_kwargs", nullptr}}, "activation_fn_kwargs: nothing"},
       {{{"activation_fn_kwargs", {{"k", 3}}}, {"k", 4}}, "k: 3, expected 4"},
       {{{"activation_fn", "tanh-relu"}}, "activation_fn: \"tanh-relu\""},
       {{{"hook_point_head_index", 2}}, "hook_point_head_index: 2"},
       {{{"finetuning_scaling_factor", true}},
        "finetuning_scaling_factor: true"}});
  check_told(sae, "cfg.json",
             {{"use_ghost_grads", false}, {"hook_point_head_index", nullptr}},
             {{"post_scale", 2}}, "post_scale");
  CHECK(read_sae_header(sae.path()).k == 11);
}

TEST_CASE("what TransformerLens did to the stream is remembered",
          "[jobs][sae_settings]") {
  Published sae("saelens_standard");
  const auto centred = [&](const json& changes) {
    sae.say("cfg.json", changes);
    return read_sae_header(sae.path()).centred;
  };
  CHECK_FALSE(centred(json::object()));
  const json kwargs = {{"center_writing_weights", true}};
  CHECK(centred({{"metadata", {{"model_from_pretrained_kwargs", kwargs}}}}));
  CHECK(centred({{"metadata", nullptr}}));  // SAELens' first versions
  CHECK_FALSE(centred(
      {{"metadata", nullptr},
       {"model_from_pretrained_kwargs", {{"center_writing_weights", false}}}}));
}

TEST_CASE("factors of features are refused before a task meets them",
          "[jobs][sae_settings]") {
  Published sae("saelens_standard");
  storage::ArrayMap weights = weights_of(sae);
  for (const char* name : {"scaling_factor", "finetuning_scaling_factor"}) {
    storage::ArrayMap more = weights;
    more[name] = filled(128, 1);
    CHECK(sae.hold(kWeights, more).refusal().empty());
    more[name] = filled(128, 1.5F);
    CHECK_THAT(sae.hold(kWeights, more).refusal(),
               Catch::Contains(std::string(name) + ": factors other than 1") &&
                   Catch::Contains("multiply the rows of W_dec"));
    more[name] = filled(3, 1);
    CHECK_THAT(sae.hold(kWeights, more).refusal(), Catch::Contains(name));
  }
}

TEST_CASE("a prefix of compiled or distributed training is left out",
          "[jobs][sae_settings]") {
  Published sae("saelens_standard");
  const SparseAutoencoder plain = load_sae(sae.path());
  const storage::ArrayMap weights = weights_of(sae);
  const at::Tensor x = at::arange(64, at::kFloat).view({2, 32});
  for (const std::string prefix :
       {"_orig_mod.", "module.", "_orig_mod.module."}) {
    storage::ArrayMap named;
    for (const auto& [name, array] : weights) named[prefix + name] = array;
    sae.hold(kWeights, named);
    const SparseAutoencoder same = load_sae(sae.path());
    CHECK(at::equal(same.encode(x, true), plain.encode(x, true)));
    CHECK(same.header.facts == plain.header.facts);
  }
  // Some with it, some without: no whole SAE.
  storage::ArrayMap mixed = weights;
  mixed["_orig_mod.W_enc"] = mixed.at("W_enc");
  mixed.erase("W_enc");
  CHECK_THAT(sae.hold(kWeights, mixed).refusal(),
             Catch::Contains("W_enc: no such tensor"));
}

TEST_CASE("a matrix that is missing is told in a whole sentence",
          "[jobs][sae_settings]") {
  Published sae("sparsify_groupmax");
  storage::ArrayMap weights =
      storage::read_safetensors(sae.file("sae.safetensors"));
  weights["other.W_dec"] = weights.at("W_dec");
  weights.erase("W_dec");
  CHECK_THAT(sae.hold("sae.safetensors", weights).refusal(),
             Catch::Contains("W_dec: no such tensor, expected it: W_dec of a "
                             "groupmax SAE"));
  Published goodfire("gemma_scope_2_transcoder_affine");
  storage::ArrayMap params =
      storage::read_safetensors(goodfire.file("params.safetensors"));
  params["x.w_enc"] = params.at("w_enc");
  params.erase("w_enc");
  CHECK_THAT(goodfire.hold("params.safetensors", params).refusal(),
             Catch::Contains("W_enc: no such tensor, expected it, whose shape "
                             "says how wide the SAE is; the file has "));
}

TEST_CASE("empty tensors and numbers that are none are refused by a plan",
          "[jobs][sae_settings]") {
  Published sae("saelens_standard");
  const storage::ArrayMap weights = weights_of(sae);
  for (const char* name : {"b_dec", "b_enc", "W_enc", "W_dec"}) {
    storage::ArrayMap empty = weights;
    storage::Array& array = empty.at(name);
    array.shape.back() = 0;
    array.bytes.clear();
    CHECK_THAT(sae.hold(kWeights, empty).refusal(),
               Catch::Contains(std::string(name) + ": shape [") &&
                   Catch::Contains("which is empty"));
  }
  for (const char* name : {"b_dec", "b_enc"}) {
    storage::ArrayMap broken = weights;
    const auto n = broken.at(name).shape[0];
    broken[name] = filled(n, std::numeric_limits<float>::quiet_NaN());
    CHECK_THAT(
        sae.hold(kWeights, broken).refusal(),
        Catch::Contains(std::string(name) + "[0]: infinite, or not a number"));
  }
  storage::ArrayMap untrained = weights;
  untrained["b_dec"] = filled(32, 0);
  untrained["b_enc"] = filled(128, 0);
  CHECK_THAT(sae.hold(kWeights, untrained).notes().back(),
             Catch::Contains("its biases are all 0"));
  untrained["b_dec"] = filled(32, 0.1F);
  CHECK(sae.hold(kWeights, untrained).notes().empty());
}

TEST_CASE("sparsify's settings are obeyed or refused by key",
          "[jobs][sae_settings]") {
  Published sae("sparsify_groupmax");
  check_refused(sae, "cfg.json",
                {{{{"activation", "jumprelu"}}, "activation: \"jumprelu\""},
                 {{{"signed", true}}, "signed: true"},
                 {{{"k", 5}}, "k: 5, expected a divisor"},
                 {{{"k", 500}}, "k: 500"},
                 {{{"expansion_factor", 0}}, "expansion_factor: 0"}});
  check_told(sae, "cfg.json",
             {{"multi_topk", true}, {"normalize_decoder", false}},
             {{"input_norm", true}}, "input_norm");
  CHECK(read_sae_header(sae.say("cfg.json", {{"transcode", true}}).path())
            .transcoder);
  CHECK(read_sae_header(sae.say("cfg.json", {{"hookpoint", "layers.3"}}).path())
            .hook == "layers.3");
}

TEST_CASE("Llama Scope's settings are obeyed or refused by key",
          "[jobs][sae_settings]") {
  const std::vector<Change> others = {
      {{{"norm_activation", "token-wise"}}, "norm_activation: \"token-wise\""},
      {{{"use_decoder_bias", false}}, "use_decoder_bias: false"},
      {{{"apply_decoder_bias_to_pre_encoder", true}},
       "apply_decoder_bias_to_pre_encoder: true"},
      {{{"use_glu_encoder", true}}, "use_glu_encoder: true"},
      {{{"act_fn", "topk"}}, "act_fn: \"topk\""},
      {{{"sae_type", "crosscoder"}}, "sae_type: \"crosscoder\""}};
  Published sae("llama_scope");
  check_refused(sae, "hyperparams.json", others);
  check_told(sae, "hyperparams.json", {{"top_k", 50}, {"l1_coefficient", 8e-5}},
             {{"gain", 2}}, "gain");
  Published r1("llama_scope_r1");
  check_refused(r1, "config.json", others);
  check_told(r1, "config.json", {{"top_k", 50}}, {{"gain", 2}}, "gain");
  // Scaled already: no factor is missed.
  CHECK(r1.say("config.json", {{"norm_activation", "inference"}})
            .notes()
            .empty());
}

TEST_CASE("dictionary_learning's settings are obeyed or refused by key",
          "[jobs][sae_settings]") {
  Published sae("dl_topk");
  check_refused(
      sae, "config.json",
      {{{{"trainer", {{"dict_class", "CrossCoder"}}}},
        "dict_class: \"CrossCoder\""},
       {{{"trainer", {{"k", 9}}}}, "k: 9, expected 8, as ae.pt has it"},
       {{{"trainer", {{"dict_class", nullptr}}}}, "dict_class: no such key"},
       {{{"trainer", nullptr}}, "trainer: no such key"}});
  check_told(sae, "config.json",
             {{"trainer", {{"auxk_alpha", 0.03}, {"norm_factor", 2.5}}}},
             {{"trainer", {{"output_norm", 2}}}}, "output_norm");
}

TEST_CASE("settings of the other formats are obeyed, refused or told",
          "[jobs][sae_settings]") {
  Published gemma("gemma_scope_2_transcoder_affine");
  check_refused(gemma, "config.json",
                {{{{"affine_connection", false}},
                  "affine_connection: false, expected true"},
                 {{{"architecture", "relu"}}, "architecture: \"relu\""}});
  check_told(gemma, "config.json", {{"width", 16384}, {"l0", 10}},
             {{"gain", 2}}, "gain");
  Published attention("connor_rob_hook_z");
  check_told(attention, "gpt2-small_L3_Hcat_z_cfg.json",
             {{"l1_coeff", 1.8}, {"model_name", "gpt2-small"}}, {{"gain", 2}},
             "gain");
  CHECK_THAT(Published("qwen_scope").refusal(),
             Catch::Contains("k: none, expected 1 to d_sae = 128") &&
                 Catch::Contains("say k in [[sae]]"));
}
