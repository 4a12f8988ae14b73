// Names of models: equal ones in other spellings, and others.

#include <catch2/catch.hpp>

#include "jobs/sae/formats/model_name.hpp"

using namespace coxswain::jobs;

namespace {

struct Names {
  const char* said;  // by the SAE's files
  const char* own;   // the model's source
  const char* family;
};

constexpr Names kSame[] = {
    {"gpt2-small", "hf:openai-community/gpt2", "gpt2"},
    {"gpt2", "models/gpt2-small", "gpt2"},
    {"GPT2-small", "/data/gpt2/", "gpt2"},
    {"gemma-2-2b", "hf:google/gemma-2-2b", "gemma2"},
    {"google/gemma-2-2b", "models/Gemma-2-2B", "gemma2"},
    {"gemma-2-2b-pt", "hf:google/gemma-2-2b", "gemma2"},
    {"gemma-v3-1b-pt", "hf:google/gemma-3-1b-pt", "gemma3_text"},
    {"gemma-2b", "hf:google/gemma-2b", "gemma"},
    {"meta-llama/Llama-3.1-8B", "models/Meta-Llama-3.1-8B", "llama"},
    {"Llama3_1-8B-Base-L5R-8x", "hf:meta-llama/Llama-3.1-8B", "llama"},
    {"SmolLM2-135M-Instruct (Q4_1 dequantised)",
     "models/SmolLM2-135M-Instruct.Q4_1.gguf", "llama"},
    {"Qwen/Qwen3-1.7B-Base", "hf:Qwen/Qwen3-1.7B-Base", "qwen3"},
    {"Qwen/SAE-Res-Qwen3-1.7B-Base-W32K-L0_50", "qwen3-1.7b-base.gguf",
     "qwen3"},
    {"mistral-7b", "hf:mistralai/Mistral-7B-v0.1", "mistral"},
    {"mistral-7b", "mistral-7b-v0.1.Q4_K_M.gguf", "llama"},
    {"EleutherAI/pythia-70m-deduped",
     "cache/models--EleutherAI--pythia-70m-deduped/snapshots/0ab1", "gpt_neox"},
    // A folder may be called anything.
    {"gemma-2-2b", "model", "gemma2"},
    {"gpt2-small", "/tmp/x1", "gpt2"},
    {"gemma-2-2b-it", "models/gemma", "gemma2"},
    {"toy", "model.gguf", "llama"},
    {"", "hf:google/gemma-2-2b", "gemma2"}};

constexpr Names kOthers[] = {
    {"gpt2-small", "hf:openai-community/gpt2-medium", "gpt2"},
    {"gpt2-small", "model", "llama"},
    {"gemma-2-2b", "hf:google/gemma-2-2b-it", "gemma2"},
    {"gemma-2-9b", "hf:google/gemma-2-2b", "gemma2"},
    {"gemma-2b", "hf:google/gemma-2-2b", "gemma2"},
    {"gemma-2-2b", "hf:google/gemma-3-1b-pt", "gemma3_text"},
    {"meta-llama/Meta-Llama-3-8B", "hf:meta-llama/Llama-3.1-8B", "llama"},
    {"Llama-3.1-8B-Instruct-SAE-l19", "hf:meta-llama/Llama-3.1-8B", "llama"},
    {"deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "hf:meta-llama/Llama-3.1-8B",
     "llama"},
    {"EleutherAI/pythia-70m", "hf:EleutherAI/pythia-70m-deduped", "gpt_neox"},
    {"EleutherAI/pythia-160m", "pythia-70m", "gpt_neox"},
    {"Qwen/Qwen2.5-7B-Instruct", "hf:Qwen/Qwen2-7B-Instruct", "qwen2"},
    {"toy/one", "hf:toy/two", "llama"}};

}  // namespace

TEST_CASE("equal models in other spellings raise no alarm",
          "[jobs][sae_model_name]") {
  for (const Names& one : kSame) {
    INFO(one.said << " on " << one.own);
    CHECK_FALSE(names_another_model(one.said, {{one.own, "m"}, one.family}));
  }
}

TEST_CASE("another model's name is told from the sweep's",
          "[jobs][sae_model_name]") {
  for (const Names& one : kOthers) {
    INFO(one.said << " on " << one.own);
    CHECK(names_another_model(one.said, {{one.own, "m"}, one.family}));
  }
}

TEST_CASE("the name that a user gave a model counts as well",
          "[jobs][sae_model_name]") {
  CHECK_FALSE(
      names_another_model("gemma-2-2b", {{"x.gguf", "gemma-2-2b"}, "gemma2"}));
}
