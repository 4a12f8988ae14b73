// What SAEs' files and folders say of themselves, against the sweep: model of
// the llama family, four blocks, resid_post.

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "runner/base/exit_code.hpp"
#include "runner/plan/plan.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class Toy {
 public:
  Toy() { tests::write_toy_sweep(scratch_.path()); }

  // The sentence that refuses the plan; empty: it is taken, its notes in
  // notes().
  std::string planned(const std::string& source, int layer) {
    std::string text = kept_.empty() ? tests::read_file(sweep()) : kept_;
    kept_ = text;
    const std::string from = "source = \"sae\"\nlayer = 2";
    text.replace(
        text.find(from), from.size(),
        "source = \"" + source + "\"\nlayer = " + std::to_string(layer));
    // Steered with at its own layer, whichever that is.
    for (const char* key : {"layers = [1, 2]"}) {
      for (std::size_t at = text.find(key); at != std::string::npos;
           at = text.find(key)) {
        text.replace(at, std::string(key).size(), "layers = [0, 1, 2, 3]");
      }
    }
    tests::write_file(sweep(), text);
    try {
      notes_ = make_plan(read_sweep(sweep(), "")).notes;
    } catch (const ProgramError& error) {
      CHECK(error.code() == ExitCode::bad_sae);
      return error.what();
    }
    return "";
  }

  // The toy's own SAE with more to say.
  std::string saelens(const json& changes, int layer) {
    json config = json::parse(tests::read_file(file("sae/cfg.json")));
    if (first_.is_null()) first_ = config;
    config = first_;
    config.merge_patch(changes);
    tests::write_file(file("sae/cfg.json"), config.dump());
    return planned("sae", layer);
  }

  // A published SAE's files, in folders of these names.
  std::string published(const std::string& name, const std::string& folder,
                        int layer, const char* settings = "",
                        const json& changes = {}) {
    const fs::path from =
        fs::path(COXSWAIN_SOURCE_DIR "/tests/data/reference/saes") / name;
    fs::create_directories(file(folder));
    fs::copy(
        from, file(folder),
        fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    if (*settings != 0) {
      const std::string path = file(folder + "/" + settings);
      json config = json::parse(tests::read_file(path));
      config.merge_patch(changes);
      tests::write_file(path, config.dump());
    }
    return planned(folder, layer);
  }

  bool noted(const std::string& text) const {
    for (const std::string& note : notes_) {
      if (note.find(text) != std::string::npos) return true;
    }
    return false;
  }

  std::string file(const std::string& name) const {
    return scratch_.file(name);
  }

 private:
  std::string sweep() const { return file("sweep.toml"); }

  tests::Scratch scratch_;
  std::string kept_;
  json first_;
  std::vector<std::string> notes_;
};

json of_hook(const std::string& hook) {
  return {{"metadata", {{"hook_name", hook}}}};
}

// A flat cfg.json, as before version 6.
json flat(json more) {
  more["metadata"] = nullptr;
  more["architecture"] = "jumprelu";
  return more;
}

}  // namespace

TEST_CASE("resid_pre of a block is taken as resid_post of the one before",
          "[runner][sae_sites]") {
  Toy toy;
  const json pre = flat({{"hook_point", "blocks.2.hook_resid_pre"},
                         {"hook_point_layer", 2},
                         {"hook_head_index", nullptr}});
  CHECK(toy.saelens(pre, 1).empty());
  for (const int layer : {0, 2, 3}) {
    const std::string error = toy.saelens(pre, layer);
    CHECK_THAT(error, Catch::Contains("hook_name: blocks.2.hook_resid_pre") &&
                          Catch::Contains("resid_post of block 1") &&
                          Catch::Contains("set layer = 1 in [[sae]] toy-sae"));
  }
  const std::string first =
      toy.saelens(flat({{"hook_point", "blocks.0.hook_resid_pre"}}), 0);
  CHECK_THAT(first, Catch::Contains("which is the embedding") &&
                        Catch::Contains("no block's output is the embedding"));
  CHECK(toy.saelens(of_hook("model.layers.2.input"), 1).empty());
  CHECK(toy.saelens(of_hook("blocks.3.hook_in"), 2).empty());
}

TEST_CASE("a place in any spelling is compared with the sweep's",
          "[runner][sae_sites]") {
  Toy toy;
  for (const char* hook :
       {"blocks.1.hook_resid_post", "model.layers.1", "transformer.h.1",
        "gpt_neox.layers.1", "model.layers.1.output", "layers.1",
        "resid_post_layer_1", "blocks.1.hook_out"}) {
    INFO(hook);
    CHECK(toy.saelens(of_hook(hook), 1).empty());
    CHECK_THAT(toy.saelens(of_hook(hook), 2),
               Catch::Contains(std::string("hook_name: ") + hook) &&
                   Catch::Contains("blocks.2.hook_resid_post") &&
                   Catch::Contains("set layer = 1 in [[sae]] toy-sae"));
  }
  for (const char* hook :
       {"model.layers.1.mlp", "blocks.1.hook_mlp_out", "transformer.h.1.attn",
        "blocks.1.attn.hook_z", "blocks.1.hook_resid_mid", "mlp_out_layer_1",
        "model.layers.1.self_attn.q_proj"}) {
    INFO(hook);
    CHECK_THAT(
        toy.saelens(of_hook(hook), 1),
        Catch::Contains(hook) && Catch::Contains("take an SAE of resid_post"));
  }
  CHECK_THAT(toy.saelens(of_hook("blocks.7.hook_resid_post"), 1),
             Catch::Contains("the model has 4 blocks"));
  // The other key of a file that has both.
  CHECK_THAT(toy.saelens(
                 {{"metadata",
                   {{"hook_name", "toy"}, {"hf_hook_name", "model.layers.3"}}}},
                 1),
             Catch::Contains("hf_hook_name: model.layers.3"));
  CHECK_THAT(toy.saelens({{"metadata", {{"hook_name_out", "toy"}}}}, 1),
             Catch::Contains("transcoder"));
  // What is not understood is told.
  CHECK(toy.saelens(of_hook("my own place"), 1).empty());
  CHECK(toy.noted("names no place known here"));
}

TEST_CASE("a layer that stands alone is compared", "[runner][sae_sites]") {
  Toy toy;
  for (const json& said :
       {json{{"metadata", {{"hook_name", nullptr}, {"hook_layer", 2}}}},
        json{{"metadata", {{"hook_name", nullptr}, {"hook_layer", "2"}}}},
        json{{"metadata", {{"hook_name", "resid_post"}, {"hook_layer", 2}}}},
        flat({{"hook_point_layer", 2}})}) {
    INFO(said);
    CHECK(toy.saelens(said, 2).empty());
    CHECK_THAT(toy.saelens(said, 1),
               Catch::Contains("layer: ") &&
                   Catch::Contains("set layer = 2 in [[sae]] toy-sae"));
  }
  // A name that says nothing is told, whatever stands beside it.
  CHECK(toy.saelens(
               {{"metadata", {{"hook_name", "my own"}, {"hook_layer", 1}}}}, 1)
            .empty());
  CHECK(toy.noted("names no place known here"));
}

TEST_CASE("a layer that contradicts the place is told", "[runner][sae_sites]") {
  Toy toy;
  CHECK(toy.saelens({{"metadata",
                      {{"hook_name", "blocks.1.hook_resid_post"},
                       {"hf_hook_name", "model.layers.2"}}}},
                    1)
            .empty());
  CHECK(toy.noted("hf_hook_name is model.layers.2, but hook_name"));
  CHECK(toy.saelens({{"hook_name", "blocks.2.hook_resid_post"},
                     {"metadata", {{"hook_name", "model.layers.1"}}}},
                    1)
            .empty());
  CHECK(
      toy.noted("hook_name is blocks.2.hook_resid_post, but hook_name "
                "model.layers.1"));
  CHECK(toy.saelens(flat({{"hook_name", "blocks.1.hook_resid_post"},
                          {"hook_layer", 2}}),
                    1)
            .empty());
  CHECK(toy.noted("hook_layer is 2, but hook_name blocks.1.hook_resid_post"));
}

TEST_CASE("folders and files of every format are compared",
          "[runner][sae_sites]") {
  Toy toy;
  const std::string gemma = "gemma-scope-2b-pt-res/layer_2/width_16k/l0_71";
  CHECK(toy.published("gemma_scope_fortran", gemma, 2).empty());
  CHECK_THAT(toy.published("gemma_scope_fortran", gemma, 1),
             Catch::Contains("folder layer_2, repository "
                             "gemma-scope-2b-pt-res") &&
                 Catch::Contains("set layer = 2"));
  CHECK_THAT(toy.published("gemma_scope_fortran",
                           "gemma-scope-2b-pt-mlp/layer_1/width_16k/a", 1),
             Catch::Contains("the output of the MLP of block 1") &&
                 Catch::Contains("take an SAE of resid_post"));
  CHECK_THAT(toy.published("gemma_scope_fortran",
                           "gemma-scope-2b-pt-att/layer_1/width_16k/a", 1),
             Catch::Contains("the heads of attention"));
  CHECK_THAT(toy.published("gemma_scope_fortran",
                           "gemma-scope-2b-pt-transcoders/layer_1/w/a", 1),
             Catch::Contains("transcoder"));
  CHECK(toy.published("sparsify_groupmax", "run/layers.1", 1).empty());
  CHECK_THAT(
      toy.published("sparsify_groupmax", "run/layers.2", 1),
      Catch::Contains("folder layers.2") && Catch::Contains("set layer = 2"));
  CHECK_THAT(toy.published("sparsify_groupmax", "run/layers.1.mlp", 1),
             Catch::Contains("folder layers.1.mlp") &&
                 Catch::Contains("the output of the MLP of block 1"));
  // Of what its own files say, a folder's name takes nothing.
  const json scope = {{"hook_point_in", "blocks.1.hook_resid_post"},
                      {"hook_point_out", "blocks.1.hook_resid_post"}};
  CHECK(toy.published("llama_scope", "Llama3_1-8B-Base-L1R-8x", 1,
                      "hyperparams.json", scope)
            .empty());
  CHECK_FALSE(toy.noted("are believed"));
  CHECK(toy.published("llama_scope", "Llama3_1-8B-Base-L2R-8x", 1,
                      "hyperparams.json", scope)
            .empty());
  CHECK(
      toy.noted("the folder Llama3_1-8B-Base-L2R-8x says resid_post of block "
                "2: the files are believed"));
  const json nothing = {{"hook_point_in", nullptr},
                        {"hook_point_out", nullptr}};
  CHECK_THAT(toy.published("llama_scope", "Llama3_1-8B-Base-L2M-8x", 2,
                           "hyperparams.json", nothing),
             Catch::Contains("the output of the MLP of block 2"));
  CHECK_THAT(
      toy.published("llama_scope", "l3r_8x", 2, "hyperparams.json", nothing),
      Catch::Contains("set layer = 3"));
}

TEST_CASE("dictionary_learning's submodule is compared",
          "[runner][sae_sites]") {
  Toy toy;
  const auto planned = [&](const std::string& folder, const json& trainer,
                           int layer) {
    return toy.published("dl_topk", folder, layer, "config.json",
                         {{"trainer", trainer}});
  };
  CHECK_THAT(planned("resid_post_layer_1/trainer_0",
                     {{"layer", 1}, {"submodule_name", "mlp_out_layer_1"}}, 1),
             Catch::Contains("submodule_name: mlp_out_layer_1") &&
                 Catch::Contains("take an SAE of resid_post"));
  CHECK(planned("a/trainer_0",
                {{"layer", 1}, {"submodule_name", "resid_post_layer_1"}}, 1)
            .empty());
  CHECK(planned("b/trainer_0",
                {{"layer", 2}, {"submodule_name", "resid_pre_layer_2"}}, 1)
            .empty());
  CHECK_THAT(planned("c/trainer_0",
                     {{"layer", 3}, {"submodule_name", "resid_post"}}, 1),
             Catch::Contains("set layer = 3"));
  CHECK_THAT(
      planned("d/trainer_0", {{"layer", 3}, {"submodule_name", nullptr}}, 1),
      Catch::Contains("layer: layer 3") && Catch::Contains("set layer = 3"));
  CHECK_THAT(
      planned("g/trainer_0", {{"layer", "3"}, {"submodule_name", nullptr}}, 1),
      Catch::Contains("set layer = 3"));
  CHECK_THAT(
      toy.published(
          "dl_topk", "e/trainer_0", 1, "config.json",
          {{"trainer", {{"layer", 1}, {"submodule_name", "mlp_out_layer_1"}}},
           {"buffer", {{"io", "in_and_out"}}}}),
      Catch::Contains("transcoder"));
  // The input of block 1 is what block 0 gives.
  CHECK(
      toy.published("dl_topk", "f/trainer_0", 0, "config.json",
                    {{"trainer",
                      {{"layer", 1}, {"submodule_name", "resid_post_layer_1"}}},
                     {"buffer", {{"io", "in"}}}})
          .empty());
}

TEST_CASE("another model's name is told", "[runner][sae_sites]") {
  Toy toy;
  const auto tells = [&](const std::string& name) {
    CHECK(toy.saelens({{"metadata", {{"model_name", name}}}}, 1).empty());
    return toy.noted("it was trained on " + name);
  };
  CHECK(tells("gpt2-small"));
  CHECK(tells("google/gemma-2-2b"));
  CHECK(tells("EleutherAI/pythia-70m-deduped"));
  CHECK_FALSE(tells("toy"));
  CHECK_FALSE(tells("meta-llama/Llama-3.1-8B"));  // of the model's family
}
