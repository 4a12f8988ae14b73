#include "tests/support/toy_sweep.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/toy_gguf.hpp"
#include "tests/support/toy_sae.hpp"

namespace coxswain::tests {
namespace {

constexpr const char* kSweep = R"(name = "toy"

[[model]]
id = "toy"
source = "model.gguf"

[[data]]
behaviour = "words"
source = "words.jsonl"
template = "plain"
split = "line"
train_items = 20
test_items = 20
multipliers = [-2, 0, 2]

[[data]]
behaviour = "letters"
source = "letters.jsonl"
template = "chatml"
system = "Be brief."
test_items = 20

[vector]
layers = [1, 2]

[[sae]]
id = "toy-sae"
source = "sae"
layer = 2
fit = "any"

[decompose]
methods = ["encode", "omp:4", "anchored", "code-difference"]
scales = [0.5, 1, 8]
controls = { random = 1, shuffled = 1, sparse = 2 }
differences = 20

[steer]
layers = [1, 2]
multipliers = { from = -1, to = 1, step = 0.5 }
variants = ["original", "reconstruction", "zero-reconstruction", "random",
            "covariance", "shuffled", "other", "planted"]
methods = ["encode", "omp:4"]
parts = ["all", "negative"]
random = 2

[observe]
text = "text.jsonl"
tokens = 500
context = 16

[store]
activations = "letter"
)";

}  // namespace

void write_wide_model(const std::string& folder) {
  std::filesystem::create_directories(folder);
  ToySizes wide;
  wide.d_model = 48;
  std::ofstream(folder + "/wide.gguf", std::ios::binary)
      << toy_llama(2, wide).bytes();
  write_toy_sae(folder + "/wide_sae", 48, 96);
}

void write_toy_sweep(const std::string& folder) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/model.gguf", std::ios::binary)
      << toy_llama().bytes();
  write_toy_sae(folder + "/sae", 32, 64);
  std::ofstream(folder + "/sweep.toml") << kSweep;
  std::ofstream text(folder + "/text.jsonl");
  for (int i = 0; i < 30; ++i) {
    text << nlohmann::json{{"text", "text number " + std::to_string(i * 17)}}
         << '\n';
  }
  std::ofstream words(folder + "/words.jsonl");
  std::ofstream letters(folder + "/letters.jsonl");
  const auto line = [](std::ostream& out, const std::string& question,
                       const char* matching, const char* other) {
    out << nlohmann::json{{"question", question},
                          {"answer_matching_behavior", matching},
                          {"answer_not_matching_behavior", other}}
        << '\n';
  };
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i * 37 % 101);
    line(words, "number " + n + " was", "+", "-");
    const bool a = i % 3 != 0;
    line(letters,
         "Is the number " + n + " the best?\n\nChoices:\n (A) Yes\n (B) No",
         a ? " (A)" : " (B)", a ? " (B)" : " (A)");
  }
}

}  // namespace coxswain::tests
