#include "jobs/model/tokenizers/tokenizer_settings.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "jobs/task/job_error.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/files/json_text.hpp"

namespace coxswain::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// The text of a token, which is given as "<s>" or as {"content": "<s>", ...}.
std::string token_text(const json& config, const char* key) {
  const json token = config.value(key, json());
  if (token.is_string()) return token.get<std::string>();
  return token.is_object() ? token.at("content").get<std::string>() : "";
}

// A flag; null says nothing.
bool flag_or(const json& config, const char* key, bool other) {
  const json found = config.value(key, json());
  return found.is_null() ? other : found.get<bool>();
}

// The chat template: a text, or a list of named ones of which "default" counts.
std::string template_text(const json& config) {
  const json found = config.value("chat_template", json());
  if (found.is_string()) return found.get<std::string>();
  if (!found.is_array()) return {};
  for (const json& one : found) {
    if (one.at("name") == "default") return one.at("template");
  }
  return {};
}

TokenizerSettings read(const std::string& path) {
  const json config = storage::parse_json(storage::read_text(path), path);
  TokenizerSettings settings;
  settings.beginning = token_text(config, "bos_token");
  settings.end = token_text(config, "eos_token");
  settings.chat_template = template_text(config);
  const json tokenizer_class = config.value("tokenizer_class", json());
  const std::string name =
      tokenizer_class.is_string() ? tokenizer_class.get<std::string>() : "";
  const bool follows = name.starts_with("Llama") || name.starts_with("Gemma") ||
                       name.starts_with("CodeLlama");
  if (follows && flag_or(config, "add_eos_token", false)) {
    throw JobError({path, "add_eos_token", "true", "false",
                    "prompts must not end with an end"});
  }
  settings.prefix_once = !flag_or(config, "legacy", true);
  const json beginning = config.value("add_bos_token", json());
  if (follows && beginning.is_boolean()) {
    settings.add_beginning = beginning.get<bool>();
  }
  return settings;
}

}  // namespace

TokenizerSettings read_tokenizer_settings(const std::string& folder) {
  TokenizerSettings settings;
  const fs::path config = fs::path(folder) / "tokenizer_config.json";
  if (fs::exists(config)) {
    try {
      settings = read(config.string());
    } catch (const json::exception& error) {
      throw JobError({config.string(), "", error.what(),
                      "a tokenizer's settings", "fetch the file again"});
    }
  }
  const fs::path own = fs::path(folder) / "chat_template.jinja";
  if (fs::exists(own)) {
    settings.chat_template = storage::read_text(own.string(), 1U << 20);
  }
  return settings;
}

}  // namespace coxswain::jobs
