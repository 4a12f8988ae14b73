#include "jobs/model/tokenizers/tokenizer_settings.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

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

// The chat template: a text, or several named ones of which "default" counts.
std::string template_text(const json& config) {
  const json found = config.value("chat_template", json());
  if (found.is_string()) return found.get<std::string>();
  if (found.is_object()) {
    const auto one = found.find("default");
    return one == found.end() ? "" : one->get<std::string>();
  }
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
  settings.no_beginning =
      config.contains("bos_token") && config.at("bos_token").is_null();
  settings.end = token_text(config, "eos_token");
  settings.chat_template = template_text(config);
  return settings;
}

// Files in the place of chat_template: nullopt if there are none, a text
// without anything if none of them is the default.
std::optional<std::string> template_of_files(const fs::path& folder) {
  constexpr std::size_t kLargest = std::size_t{1} << 20;  // bytes
  const fs::path own = folder / "chat_template.jinja";
  const fs::path more = folder / "additional_chat_templates";
  bool any = false;
  if (fs::is_directory(more)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(more)) {
      any = any || entry.path().extension() == ".jinja";
    }
  }
  for (const fs::path& file : {more / "default.jinja", own}) {
    if (fs::exists(file)) return storage::read_text(file.string(), kLargest);
  }
  return any ? std::optional<std::string>("") : std::nullopt;
}

}  // namespace

OwnTemplate own_template(const TokenizerSettings& settings,
                         const Tokenizer& tokenizer) {
  OwnTemplate own{settings.chat_template, settings.beginning, settings.end};
  if (settings.beginning.empty() && !settings.no_beginning) {
    own.bos_token = beginning_text(tokenizer);
  }
  return own;
}

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
  if (auto text = template_of_files(folder)) {
    settings.chat_template = std::move(*text);
  }
  return settings;
}

}  // namespace coxswain::jobs
