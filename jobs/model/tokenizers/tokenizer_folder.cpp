#include "jobs/model/tokenizers/tokenizer_folder.hpp"

#include <filesystem>

#include "jobs/task/job_error.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/files/json_text.hpp"
#include "storage/models/missing_weights.hpp"

namespace coxswain::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kLargestSettings = std::size_t{64} << 20;  // bytes

json parsed(const std::string& text, const std::string& where) {
  if (text.empty()) return {};
  json value = storage::parse_json(text, where);
  if (!value.is_object()) {
    throw JobError({where, "", "no object", "an object of names and values",
                    "fetch the file again"});
  }
  return value;
}

// The names in extra_special_tokens, in the file's order: nlohmann's objects
// are sorted.
std::vector<std::string> extra_names(const std::string& settings) {
  std::vector<std::string> names;
  bool inside = false;
  const auto note = [&](int depth, json::parse_event_t event, json& value) {
    if (event != json::parse_event_t::key) return true;
    if (depth == 1) inside = value == "extra_special_tokens";
    if (depth == 2 && inside) names.push_back(value.get<std::string>());
    return depth != 1 || inside;
  };
  if (settings.empty()) return names;
  const json unused = json::parse(settings, note);
  return names;
}

std::string text_or_empty(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : "";
}

std::string text_of(const fs::path& file) {
  // A link to nothing is told as such, not passed by.
  if (!storage::is_named(file)) return {};
  std::string text = storage::read_text(file.string(), kLargestSettings);
  // An empty file is one that is there, and no JSON.
  return text.empty() ? " " : text;
}

}  // namespace

const json& TokenizerFolder::setting(const char* key) const {
  static const json nothing;
  const auto found = settings.find(key);
  return found == settings.end() ? nothing : *found;
}

std::optional<bool> TokenizerFolder::flag(const char* key) const {
  const json& found = setting(key);
  if (found.is_null()) return std::nullopt;
  if (!found.is_boolean()) {
    throw JobError({file("tokenizer_config.json"), key,
                    storage::printable(found.dump()), "true or false", ""});
  }
  return found.get<bool>();
}

namespace {

// Transformers reads the newest of these that suits its version, and no
// tokenizer.json then.
void refuse_other_files(const TokenizerFolder& folder) {
  constexpr const char* kKey = "fast_tokenizer_files";
  const json& names = folder.setting(kKey);
  if (!names.is_array()) return;
  for (const json& one : names) {
    const std::string name = one.is_string() ? one.get<std::string>() : "";
    if (name.empty() || name == "tokenizer.json" ||
        name.find('/') != std::string::npos ||
        !storage::is_named(fs::path(folder.path) / name)) {
      continue;
    }
    throw JobError({folder.file("tokenizer_config.json"), kKey,
                    storage::printable(name) + ", which is there",
                    "tokenizer.json alone",
                    "transformers reads that file in its place: call it "
                    "tokenizer.json, and take the key out"});
  }
}

}  // namespace

TokenizerFolder parse_tokenizer_folder(const std::string& path,
                                       const TokenizerTexts& texts) {
  TokenizerFolder folder;
  folder.path = path;
  folder.tokenizer = parsed(texts.tokenizer, folder.file("tokenizer.json"));
  folder.settings =
      parsed(texts.settings, folder.file("tokenizer_config.json"));
  folder.special_tokens =
      parsed(texts.special_tokens, folder.file("special_tokens_map.json"));
  folder.added_tokens =
      parsed(texts.added_tokens, folder.file("added_tokens.json"));
  folder.extra_names = extra_names(texts.settings);
  const json model = parsed(texts.model, folder.file("config.json"));
  folder.model_type = text_or_empty(model, "model_type");
  folder.tokenizer_class = text_or_empty(folder.settings, "tokenizer_class");
  if (folder.tokenizer_class.empty()) {
    folder.tokenizer_class = text_or_empty(model, "tokenizer_class");
  }
  return folder;
}

TokenizerFolder read_tokenizer_folder(const std::string& path) {
  const fs::path folder = path;
  const fs::path tokenizer = folder / "tokenizer.json";
  TokenizerFolder read = parse_tokenizer_folder(
      path,
      {storage::is_named(tokenizer) ? storage::read_text(tokenizer.string())
                                    : "",
       text_of(folder / "tokenizer_config.json"),
       text_of(folder / "special_tokens_map.json"),
       text_of(folder / "added_tokens.json"), text_of(folder / "config.json")});
  read.has_sentencepiece = storage::is_named(folder / "tokenizer.model");
  refuse_other_files(read);
  return read;
}

AddedToken DeclaredToken::resolved(bool special) const {
  AddedToken out = token;
  out.special = special;
  if (!normalized_said) out.normalized = !special;
  return out;
}

std::optional<DeclaredToken> declared_token(const json& value,
                                            const std::string& file,
                                            const std::string& key, bool bare) {
  if (value.is_null()) return std::nullopt;
  DeclaredToken declared;
  if (value.is_string()) {
    declared.token.content = value.get<std::string>();
    return declared;
  }
  const bool object = value.is_object() &&
                      (bare || text_or_empty(value, "__type") == "AddedToken");
  if (!object || !value.contains("content")) {
    throw JobError({file, key, storage::printable(value.dump()),
                    "a text, or an object with \"__type\": \"AddedToken\" and "
                    "\"content\"",
                    "transformers reads nothing else"});
  }
  declared.plain = false;
  declared.token.content = value.at("content").get<std::string>();
  declared.token.single_word = value.value("single_word", false);
  declared.token.lstrip = value.value("lstrip", false);
  declared.token.rstrip = value.value("rstrip", false);
  declared.token.special = value.value("special", false);
  declared.normalized_said = value.contains("normalized");
  declared.token.normalized = value.value("normalized", false);
  return declared;
}

DeclaredToken required_token(const json& value, const std::string& file,
                             const std::string& key, bool bare) {
  if (auto token = declared_token(value, file, key, bare)) {
    return *std::move(token);
  }
  throw JobError({file, key, "null", "a token", "fetch the file again"});
}

}  // namespace coxswain::jobs
