#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "storage/tensors/array.hpp"

namespace coxswain::tests {

// The folder of reference values: COXSWAIN_REFERENCE, else ../shared/reference
// beside the source, else the small copies in tests/data/reference.
std::filesystem::path reference_folder();

// Whether everything is asked for (tests/run --all) or what CI has time for.
bool run_all();

// The folders below reference_folder()/kind that hold a `description` file.
std::vector<std::filesystem::path> cases(const std::string& kind,
                                         const std::string& description);

nlohmann::json read_json(const std::filesystem::path& path);

// SmolLM2-135M-Instruct.Q4_1.gguf, the model of the cases without a name of
// one.
constexpr const char* kSmolLm2 =
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

// A model file by its digest, in the folders of COXSWAIN_MODELS (separated by
// colons; default examples/first_light/models).
std::optional<std::string> find_model(const std::string& sha256);

// The same model as a Hugging Face folder, where somebody made one
// (smollm2_hf.py beside the reference values).
constexpr const char* kSmolLm2Folder = "smollm2-hf";

// A model folder by its name, in the same folders.
std::optional<std::string> find_folder(const std::string& name);

// Says on stdout that a case was left out, and why.
void skip(const std::filesystem::path& folder, const std::string& reason);

// Prints "CASE WHAT: difference D, tolerance T" and is true within it.
bool within(const std::string& what, double difference, double tolerance);

}  // namespace coxswain::tests
