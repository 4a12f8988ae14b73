// Names of places, as every format and the libraries beside it spell them.

#include "jobs/sae/formats/site.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "jobs/sae/formats/hub_path.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

struct Spelled {
  const char* name;
  SiteKind kind;
  int layer;
};

using enum SiteKind;

constexpr Spelled kNames[] = {
    // TransformerLens, and its bridge of version 3
    {"blocks.3.hook_resid_post", resid_post, 3},
    {"blocks.8.hook_resid_pre", resid_pre, 8},
    {"blocks.0.hook_resid_mid", resid_mid, 0},
    {"blocks.11.hook_mlp_out", mlp_out, 11},
    {"blocks.11.hook_mlp_in", other, 11},
    {"blocks.5.hook_attn_out", attention_out, 5},
    {"blocks.5.attn.hook_z", attention_heads, 5},
    {"blocks.5.attn.hook_q", other, 5},
    {"blocks.5.mlp.hook_post", other, 5},
    {"blocks.3.ln2.hook_normalized", other, 3},
    {"blocks.7.hook_out", resid_post, 7},
    {"blocks.7.hook_in", resid_pre, 7},
    {"blocks.7.mlp.hook_out", mlp_out, 7},
    {"blocks.7.attn.hook_out", attention_out, 7},
    {"hook_embed", embedding, -1},
    {"ln_final.hook_normalized", other, -1},
    // modules
    {"model.layers.2", resid_post, 2},
    {"model.layers.12.output", resid_post, 12},
    {"model.layers[12].output[0]", resid_post, 12},
    {"model.layers.12.input", resid_pre, 12},
    {"model.language_model.layers.4", resid_post, 4},
    {"language_model.model.layers.4.output", resid_post, 4},
    {"Model.Layers.4", resid_post, 4},
    {"transformer.h.3", resid_post, 3},
    {"transformer.h.3.mlp", mlp_out, 3},
    {"transformer.h.3.attn", attention_out, 3},
    {"gpt_neox.layers.5", resid_post, 5},
    {"gpt_neox.layers.5.attention", attention_out, 5},
    {"gpt_neox.layers.5.attention.dense.input", attention_heads, 5},
    {"model.layers.1.mlp", mlp_out, 1},
    {"model.layers.1.mlp.output", mlp_out, 1},
    {"model.layers.1.mlp.input", other, 1},
    {"model.layers.1.mlp.down_proj", mlp_out, 1},
    {"model.layers.1.self_attn.o_proj", attention_out, 1},
    {"model.layers.1.self_attn.o_proj.input", attention_heads, 1},
    {"model.layers.1.self_attn.q_proj", other, 1},
    {"model.layers.12.pre_feedforward_layernorm.output", other, 12},
    {"model.layers.12.post_feedforward_layernorm.output", other, 12},
    {"model.embed_tokens", embedding, -1},
    {"transformer.wte", embedding, -1},
    {"model.norm", other, -1},
    {"lm_head", other, -1},
    // sparsify
    {"layers.10", resid_post, 10},
    {"layers.10.mlp", mlp_out, 10},
    {"h.5", resid_post, 5},
    {"h.5.attn", attention_out, 5},
    // dictionary_learning, of now and of its first dictionaries
    {"resid_post_layer_3", resid_post, 3},
    {"resid_pre_layer_3", resid_pre, 3},
    {"mlp_out_layer_1", mlp_out, 1},
    {"attn_out_layer_2", attention_out, 2},
    {"attention_out_layer_2", attention_out, 2},
    {"resid_out_layer3", resid_post, 3},
    {"mlp_out_layer0", mlp_out, 0},
    {"resid_post", resid_post, -1},
    {"embed", embedding, -1},
    {"layer 3", unknown, 3},
    // nothing that is known here
    {"", unknown, -1},
    {"toy", unknown, -1},
    {"blocks.x.hook_resid_post", resid_post, -1},
    {"blocks.9999999.hook_resid_post", resid_post, -1},
    {"blocks.-1.hook_resid_post", other, -1},
    {"blocks.1.hook_resid_post.2", other, 1}};

constexpr Spelled kFolders[] = {
    {"layer_12", unknown, 12},
    {"width_16k", unknown, -1},
    {"average_l0_71", unknown, -1},
    {"layer_12_width_16k_l0_small", unknown, 12},
    {"layer_0_width_262k_l0_big_affine", unknown, 0},
    {"resid_post", resid_post, -1},
    {"resid_post_all", resid_post, -1},
    {"mlp_out_all", mlp_out, -1},
    {"attn_out", attention_out, -1},
    {"embedding", embedding, -1},
    {"Llama3_1-8B-Base-L5R-8x", resid_post, 5},
    {"Llama3_1-8B-Base-L31M-32x", mlp_out, 31},
    {"Llama3_1-8B-Base-L0A-8x", attention_out, 0},
    {"Llama3_1-8B-Base-L0TC-8x", other, 0},
    {"l5r_8x", resid_post, 5},
    {"l5m", mlp_out, 5},
    {"L15R", resid_post, 15},
    {"layers.2", resid_post, 2},
    {"layers.2.mlp", mlp_out, 2},
    {"layers.2.self_attn.q_proj", other, 2},
    {"h.7", resid_post, 7},
    {"blocks.8.hook_resid_pre", resid_pre, 8},
    {"blocks.8.hook_resid_pre_24576", resid_pre, 8},
    {"gemma_2b_blocks.6.hook_resid_post_16384_anthropic", resid_post, 6},
    {"sae_group_gpt2_blocks.0.hook_mlp_out_24576:v0", mlp_out, 0},
    {"resid_post_layer_11_checkpoints", resid_post, 11},
    {"v5_32k_layer_11.pt", unknown, 11},
    {"mistral_7b_layer_8", unknown, 8},
    {"resid_post_attn", resid_mid, -1},
    {"resid_post_mlp", resid_post, -1},
    {"resid_delta_mlp", mlp_out, -1},
    {"L2-resid-post", resid_post, 2},
    {"resid-post-L1-8e-05", resid_post, -1},
    {"trainer_0", unknown, -1},
    {"trainer_3_step_9764", unknown, -1},
    {"24576-L1-8e-05-LR-0.0004", unknown, -1},
    {"hf-hook-other-layer", unknown, -1},
    {"sae", unknown, -1}};

std::string path_of(const tests::Scratch& scratch, const std::string& path) {
  std::filesystem::create_directories(scratch.file(path));
  return scratch.file(path);
}

}  // namespace

TEST_CASE("places are read in every spelling of the formats",
          "[jobs][sae_site]") {
  for (const Spelled& one : kNames) {
    INFO(one.name);
    const Site site = site_named(one.name);
    CHECK(std::string(name_of(site.kind)) == name_of(one.kind));
    CHECK(site.layer == one.layer);
    // Our own spelling of it says the same.
    CHECK(site_named(hook_of(site)) == site);
  }
}

TEST_CASE("folders' names say places, or halves of them", "[jobs][sae_site]") {
  for (const Spelled& one : kFolders) {
    INFO(one.name);
    const Site site = site_of_folder(one.name);
    CHECK(std::string(name_of(site.kind)) == name_of(one.kind));
    CHECK(site.layer == one.layer);
  }
  CHECK(site_of_folder("Llama-3.1-8B-Instruct-SAE-l19", true).layer == 19);
  CHECK(site_of_folder("gpt2-small_L3_Hcat_z_lr1.2e-03_l11.8e+00", true) ==
        Site{attention_heads, 3});
  CHECK(site_of_folder("SAE-Res-Qwen3-1.7B-Base-W32K-L0_50", true).layer == -1);
  CHECK(site_of_folder("layer3.sae", true).layer == 3);
  CHECK(site_of_repository("google/gemma-scope-2b-pt-res").kind == resid_post);
  CHECK(site_of_repository("gemma-scope-2b-pt-mlp").kind == mlp_out);
  CHECK(site_of_repository("gemma-scope-9b-pt-att").kind == attention_heads);
  CHECK(site_of_repository("fnlp/Llama3_1-8B-Base-LXM-8x").kind == mlp_out);
  CHECK(site_of_repository("Qwen/SAE-Res-Qwen3-8B-Base-W64K-L0_50") ==
        Site{resid_post, -1});
}

TEST_CASE("the stream before a block is the one behind the block before",
          "[jobs][sae_site]") {
  CHECK(as_output({resid_pre, 8}) == Site{resid_post, 7});
  CHECK(as_output({resid_pre, 0}) == Site{embedding, -1});
  CHECK(as_output({resid_pre, -1}) == Site{resid_post, -1});
  CHECK(as_output({resid_post, 8}) == Site{resid_post, 8});
  CHECK(as_output({mlp_out, 8}) == Site{mlp_out, 8});
}

TEST_CASE("an SAE's folders and its repository say a place together",
          "[jobs][sae_site]") {
  const tests::Scratch scratch;
  const auto named = [&](const std::string& path) {
    return site_of_path(HubPath(path_of(scratch, path)));
  };
  const NamedSite mlp =
      named("gemma-scope-2b-pt-mlp/layer_1/width_16k/average_l0_71");
  CHECK(mlp.site == Site{mlp_out, 1});
  CHECK(mlp.names == "folder layer_1, repository gemma-scope-2b-pt-mlp");
  CHECK(named("hub/models--google--gemma-scope-2b-pt-res/snapshots/0a/layer_2/"
              "width_16k/average_l0_71")
            .site == Site{resid_post, 2});
  CHECK(named("resid_post/layer_12_width_16k_l0_medium").site ==
        Site{resid_post, 12});
  CHECK(named("run/resid_pre_layer_4/trainer_0").site == Site{resid_pre, 4});
  CHECK(named("run/layers.2").site == Site{resid_post, 2});
  // The innermost name goes first.
  CHECK(named("layer_3/layer_5").site.layer == 5);
  CHECK(named("saes/mine").names.empty());
  const std::string file = path_of(scratch, "resid_post_mlp/v5/autoencoders");
  tests::write_file(file + "/3.pt", "");
  CHECK(site_of_path(HubPath(file + "/3.pt")).site == Site{resid_post, 3});
}
