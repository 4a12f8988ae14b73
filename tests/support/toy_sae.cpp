#include "tests/support/toy_sae.hpp"

#include <filesystem>
#include <fstream>
#include <random>
#include <span>

#include "storage/tensors/safetensors.hpp"

namespace coxswain::tests {

void write_toy_sae(const std::string& folder, std::int64_t d_in,
                   std::int64_t d_sae) {
  std::filesystem::create_directories(folder);
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0, 0.3F);
  const auto array = [&](std::vector<std::int64_t> shape, float shift) {
    std::size_t n = 1;
    for (const std::int64_t extent : shape)
      n *= static_cast<std::size_t>(extent);
    std::vector<float> values(n);
    for (float& value : values) value = normal(random) + shift;
    return storage::make_array(std::span<const float>(values),
                               std::move(shape));
  };
  const storage::ArrayMap arrays{{"W_enc", array({d_in, d_sae}, 0)},
                                 {"W_dec", array({d_sae, d_in}, 0)},
                                 {"b_enc", array({d_sae}, 0.2F)},
                                 {"b_dec", array({d_in}, 0)},
                                 {"threshold", array({d_sae}, 0.5F)}};
  std::ofstream(folder + "/sae_weights.safetensors", std::ios::binary)
      << storage::to_safetensors(arrays);
  std::ofstream(folder + "/cfg.json")
      << R"({"architecture": "jumprelu", "d_in": )" << d_in << R"(, "d_sae": )"
      << d_sae
      << R"(, "apply_b_dec_to_input": true, "normalize_activations": "none", )"
      << R"("metadata": {"sae_lens_version": "6.54.12"}})";
}

}  // namespace coxswain::tests
