#include "jobs/model/tokenizers/tokenizer_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "jobs/model/tokenizers/aligned_text.hpp"
#include "jobs/model/tokenizers/json_fields.hpp"
#include "jobs/model/tokenizers/post_processor.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;
using Class = TokenizerClass;

// The expression by which Qwen 2's class cuts.
constexpr const char* kQwen2 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

json byte_level(bool prefix, bool regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", prefix},
          {"use_regex", regex}};
}

json canonical(const json& step) {
  const auto type = step.at("type").get<std::string>();
  if (type == "ByteLevel") {
    return byte_level(step.value("add_prefix_space", false),
                      step.value("use_regex", true));
  }
  if (type == "Metaspace" && !step.contains("prepend_scheme")) {
    // Older files have a flag in the place of a scheme.
    json out = step;
    out["prepend_scheme"] =
        step.value("add_prefix_space", true) ? "always" : "never";
    return canonical(out);
  }
  if (type == "Metaspace") {
    return {{"type", type},
            {"replacement", step.at("replacement")},
            {"prepend_scheme", step.at("prepend_scheme")},
            {"split", step.value("split", true)}};
  }
  return step;
}

const json& model_of(const TokenizerFolder& folder) {
  const json& model = folder.tokenizer.at("model");
  const json type = model.value("type", json("BPE"));
  if (type != "BPE") {
    refuse_field(folder.file("tokenizer.json"), "model.type", type, "BPE");
  }
  return model;
}

BaseVocabulary vocabulary_of(const TokenizerFolder& folder) {
  const json& vocab = model_of(folder).at("vocab");
  const std::string path = folder.file("tokenizer.json");
  return {
      [&vocab, path](const std::string& text) -> std::optional<std::int32_t> {
        const auto found = vocab.find(text);
        if (found == vocab.end()) return std::nullopt;
        return token_number(*found, path, "model.vocab");
      },
      static_cast<std::int32_t>(vocab.size())};
}

// Whether no text can have anything in it that the vocabulary has no piece for.
bool knows_all_bytes(const json& vocab, bool spelled) {
  if (!spelled) {
    for (int byte = 0; byte < 256; ++byte) {
      if (!vocab.contains(fmt::format("<0x{:02X}>", byte))) return false;
    }
    return true;
  }
  std::set<std::string> bytes;
  for (const auto& [piece, id] : vocab.items()) {
    if (piece.size() > 2) continue;
    if (spelled_bytes(piece).size() == 1) bytes.insert(spelled_bytes(piece));
  }
  return bytes.size() == 256;
}

json rules(const json& unknown, bool fuse, bool fallback, bool whole) {
  return {{"unk_token", unknown == "" ? json() : unknown},
          {"fuse_unk", fuse},
          {"byte_fallback", fallback},
          {"ignore_merges", whole}};
}

void read_own(const TokenizerFolder& folder, TokenizerReading& reading) {
  const json& file = folder.tokenizer;
  reading.normalizer =
      steps_of(file.value("normalizer", json()), "normalizers");
  reading.pre_tokenizer =
      steps_of(file.value("pre_tokenizer", json()), "pretokenizers");
  const json& model = model_of(folder);
  reading.rules = rules(
      model.value("unk_token", json()), model.value("fuse_unk", false),
      model.value("byte_fallback", false), model.value("ignore_merges", false));
}

// Version 4 lets the settings, or their silence, decide on the space that a
// byte-level tokenizer puts first.
void override_prefix(const TokenizerFolder& folder, TokenizerReading& reading) {
  const json& own = folder.tokenizer.value("pre_tokenizer", json());
  if (!own.is_object() || own.value("type", "") != "ByteLevel") return;
  const bool llama =
      reading.of == Class::llama;  // whose class says null unless told
  if (folder.says("add_prefix_space")
          ? folder.setting("add_prefix_space").is_null()
          : llama) {
    return;
  }
  reading.pre_tokenizer[0]["add_prefix_space"] =
      folder.flag("add_prefix_space").value_or(false);
}

std::string unknown_of(const FolderTokens& tokens) {
  const auto found = tokens.named.find("unk_token");
  return found == tokens.named.end() ? "" : found->second.token.content;
}

// The rules that version 5's classes put in the place of the file's.
void read_class(const TokenizerFolder& folder, const FolderTokens& tokens,
                TokenizerReading& reading) {
  const std::optional<bool> prefix = folder.flag("add_prefix_space");
  const bool null = folder.says("add_prefix_space") && !prefix;
  json& normalizer = reading.normalizer = json::array();
  json& cut = reading.pre_tokenizer = json::array();
  switch (reading.of) {
    case Class::plain:
      return;
    case Class::gpt2:
    case Class::gpt_neox:
      if (null) reading.refusal = "add_prefix_space is null";
      if (reading.of == Class::gpt_neox)
        normalizer.push_back({{"type", "NFC"}});
      cut.push_back(byte_level(prefix.value_or(false), true));
      reading.rules = rules(nullptr, false, false, false);
      return;
    case Class::qwen2:
      normalizer.push_back({{"type", "NFC"}});
      cut.push_back({{"type", "Split"},
                     {"pattern", {{"Regex", kQwen2}}},
                     {"behavior", "Isolated"},
                     {"invert", false}});
      cut.push_back(byte_level(prefix.value_or(false), false));
      reading.rules = rules(nullptr, false, false, false);
      return;
    case Class::llama:
      cut.push_back(llama_pre_tokenizer(prefix.value_or(true),
                                        folder.flag("legacy").value_or(false)));
      reading.rules = rules(nullptr, true, true, false);
      return;
    case Class::code_llama:
      cut.push_back(llama_pre_tokenizer(prefix.value_or(true), false));
      reading.rules = rules(unknown_of(tokens), true, true, false);
      break;
    case Class::gemma:
      normalizer.push_back({{"type", "Replace"},
                            {"pattern", {{"String", " "}}},
                            {"content", kMetaspace}});
      cut.push_back({{"type", "Split"},
                     {"pattern", {{"String", " "}}},
                     {"behavior", "MergedWithPrevious"},
                     {"invert", false}});
      reading.rules = rules(unknown_of(tokens), true, true, false);
      break;
  }
  if (!model_of(folder).at("vocab").contains(unknown_of(tokens))) {
    reading.refusal = "the vocabulary has no unk_token";
  }
}

// With every byte in the vocabulary nothing is unknown.
void drop_idle_rules(const TokenizerFolder& folder, TokenizerReading& reading) {
  const bool spelled =
      !reading.pre_tokenizer.empty() &&
      reading.pre_tokenizer.back().value("type", "") == "ByteLevel";
  if (!spelled && reading.rules.at("byte_fallback") == false) return;
  if (!knows_all_bytes(model_of(folder).at("vocab"), spelled)) return;
  reading.rules["unk_token"] = nullptr;
  reading.rules["fuse_unk"] = false;
  if (spelled) reading.rules["byte_fallback"] = false;
}

// Llama's class in version 4, told of a space to put first, converts
// tokenizer.model instead of reading tokenizer.json.
void read_converted(const TokenizerFolder& folder, TokenizerReading& reading) {
  const std::optional<bool> prefix = folder.flag("add_prefix_space");
  if (reading.of != Class::llama || !prefix) return;
  if (!folder.has_sentencepiece) {
    reading.refusal = "add_prefix_space asks for tokenizer.model";
    return;
  }
  reading.normalizer = json::array();
  reading.pre_tokenizer = json::array();
  if (!folder.flag("legacy").value_or(true)) {
    reading.pre_tokenizer.push_back(llama_pre_tokenizer(*prefix, false));
    return;
  }
  if (*prefix) {
    reading.normalizer.push_back(
        {{"type", "Prepend"}, {"prepend", kMetaspace}});
  }
  reading.normalizer.push_back({{"type", "Replace"},
                                {"pattern", {{"String", " "}}},
                                {"content", kMetaspace}});
}

// Whether the class of a version decides on the beginning, by a flag.
bool flags_decide(Class one, Version version) {
  if (version == Version::five) {
    return one == Class::gpt_neox || one == Class::code_llama;
  }
  return one != Class::plain && one != Class::gpt2 && one != Class::qwen2;
}

void read_beginning(const TokenizerFolder& folder, const FolderTokens& tokens,
                    const AddedVocabulary& vocabulary,
                    TokenizerReading& reading) {
  if (!flags_decide(reading.of, reading.version)) {
    reading.beginning =
        read_post_processor(folder.tokenizer.value("post_processor", json()),
                            folder.file("tokenizer.json"))
            .beginning;
    return;
  }
  // Version 5 passes the flags over where there is a tokenizer.json.
  bool wanted = reading.of != Class::gpt_neox;
  if (reading.version == Version::four) {
    if (folder.says("add_bos_token")) {
      wanted = folder.flag("add_bos_token").value_or(false);
    }
    if (folder.flag("add_eos_token").value_or(false)) {
      throw JobError({folder.file("tokenizer_config.json"), "add_eos_token",
                      "true", "false", "prompts must not end with an end"});
    }
  }
  const auto beginning = tokens.named.find("bos_token");
  if (!wanted) return;
  if (beginning == tokens.named.end()) {
    if (reading.version == Version::four) {
      reading.refusal = "add_bos_token is true and bos_token null";
    }
    return;
  }
  reading.beginning =
      vocabulary.id_of(beginning->second.token.content).value_or(-1);
}

std::vector<AddedToken> own_tokens(const TokenizerFolder& folder) {
  std::vector<AddedToken> tokens;
  const auto own = folder.tokenizer.find("added_tokens");
  if (own == folder.tokenizer.end() || own->is_null()) return tokens;
  for (const json& one : *own) {
    tokens.push_back(
        required_token(one, folder.file("tokenizer.json"), "added_tokens", true)
            .resolved());
  }
  return tokens;
}

void require_number(const std::string& content, std::int64_t id,
                    const AddedVocabulary& vocabulary, const std::string& file,
                    const std::string& key) {
  const auto own = vocabulary.id_of(content);
  if (content.empty() || own == id) return;
  throw JobError(
      {file, key,
       storage::printable(content) + " as number " + std::to_string(id),
       own ? "number " + std::to_string(*own) : "a token",
       "transformers numbers added tokens by the vocabulary, new "
       "ones behind it, whatever the file says"});
}

void require_own_numbers(const TokenizerFolder& folder,
                         const AddedVocabulary& vocabulary) {
  const auto own = folder.tokenizer.find("added_tokens");
  if (own == folder.tokenizer.end() || own->is_null()) return;
  const std::string file = folder.file("tokenizer.json");
  for (const json& one : *own) {
    require_number(one.at("content").get<std::string>(),
                   token_number(one.at("id"), file, "added_tokens"), vocabulary,
                   file, "added_tokens");
  }
}

// Qwen's class in version 5 adds all special tokens once more, without flags.
void add_plainly(const FolderTokens& tokens, AddedVocabulary& vocabulary) {
  std::vector<AddedToken> all;
  for (const char* key : kSpecialKeys) {
    const auto found = tokens.named.find(key);
    if (found == tokens.named.end()) continue;
    all.push_back({.content = found->second.token.content, .special = true});
  }
  for (const auto* list : {&tokens.roles, &tokens.more}) {
    for (const DeclaredToken& one : *list) {
      all.push_back({.content = one.token.content, .special = true});
    }
  }
  vocabulary.add(all);
}

}  // namespace

json steps_of(const json& one, const char* list) {
  json steps = json::array();
  if (one.is_null()) return steps;
  if (one.at("type") != "Sequence") {
    steps.push_back(canonical(one));
    return steps;
  }
  for (const json& part : one.at(list)) {
    for (json& step : steps_of(part, list)) steps.push_back(std::move(step));
  }
  return steps;
}

json llama_pre_tokenizer(bool prefix, bool every_stretch) {
  return {{"type", "Metaspace"},
          {"replacement", kMetaspace},
          {"prepend_scheme", !prefix         ? "never"
                             : every_stretch ? "always"
                                             : "first"},
          {"split", false}};
}

void require_numbers(const FolderTokens& tokens,
                     const AddedVocabulary& vocabulary) {
  for (const auto& [id, one] : tokens.numbered) {
    require_number(one.declared.token.content, id, vocabulary, one.file,
                   one.key);
  }
}

TokenizerReading read_json_alone(const TokenizerFolder& folder) {
  TokenizerReading reading;
  AddedVocabulary vocabulary(vocabulary_of(folder));
  vocabulary.add(own_tokens(folder));
  reading.added = vocabulary.tokens();
  read_own(folder, reading);
  drop_idle_rules(folder, reading);
  return reading;
}

TokenizerReading read_json_as(const TokenizerFolder& folder, Version version) {
  TokenizerReading reading;
  reading.version = version;
  const std::optional<Class> one = class_of(folder, version);
  if (!one) {
    reading.refusal = "it does not know the tokenizer_class";
    return reading;
  }
  reading.of = *one;
  const FolderTokens tokens = folder_tokens(folder, *one, version, {});
  reading.refusal = tokens.refusal;
  AddedVocabulary vocabulary(vocabulary_of(folder));
  const bool rebuilt = version == Version::five && *one != Class::plain;
  if (!rebuilt) vocabulary.add(own_tokens(folder));
  add_tokens(tokens, version, vocabulary);
  read_own(folder, reading);
  if (rebuilt) {
    read_class(folder, tokens, reading);
    if (*one == Class::qwen2) add_plainly(tokens, vocabulary);
  } else if (version == Version::four) {
    override_prefix(folder, reading);
    read_converted(folder, reading);
  }
  drop_idle_rules(folder, reading);
  if (!rebuilt && reading.refusal.empty()) {
    require_own_numbers(folder, vocabulary);
    require_numbers(tokens, vocabulary);
  }
  read_beginning(folder, tokens, vocabulary, reading);
  reading.added = vocabulary.tokens();
  if (folder.flag("split_special_tokens").value_or(false)) {
    for (AddedToken& token : reading.added) token.skipped = token.special;
  }
  return reading;
}

}  // namespace coxswain::jobs
