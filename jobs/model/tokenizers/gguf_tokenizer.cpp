#include "jobs/model/tokenizers/gguf_tokenizer.hpp"

#include <algorithm>
#include <utility>

#include "jobs/model/tokenizers/pipeline_tokenizer.hpp"
#include "jobs/model/tokenizers/sentencepiece_tokenizer.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using storage::GgufFile;

// llama.cpp's token types, which are SentencePiece's.
constexpr int kControlToken = 3, kUserDefinedToken = 4;

constexpr const char* kLlama3 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
constexpr const char* kQwen2 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

// What a name in tokenizer.ggml.pre stands for.
struct ByteLevelRule {
  const char* name;
  const char* before;  // a pattern of its own, or nullptr: GPT-2's
  // Llama 3's: a piece that is a token is that token, and prompts begin with
  // one of their own unless the file says otherwise.
  bool single_digits, compose, llama3;
};
constexpr ByteLevelRule kRules[] = {
    {"gpt-2", nullptr, false, false, false},
    {"olmo", nullptr, false, true, false},  // Pythia's
    {"smollm", nullptr, true, false, false},
    {"llama-bpe", kLlama3, false, false, true},
    {"qwen2", kQwen2, false, true, false},
};

const ByteLevelRule& rule_named(const std::string& name,
                                const std::string& where) {
  std::string known;
  for (const ByteLevelRule& rule : kRules) {
    if (rule.name == name) return rule;
    known += (known.empty() ? "" : ", ") + std::string(rule.name);
  }
  throw JobError({where, "tokenizer.ggml.pre", name, "one of " + known, ""});
}

SplitStep isolated(const char* pattern) {
  return {std::make_shared<const Pattern>(pattern, "tokenizer.ggml.pre"),
          SplitBehaviour::isolated};
}

std::vector<int> token_types(const GgufFile& file) {
  const auto& types = file.numbers("tokenizer.ggml.token_type");
  const auto& tokens = file.texts("tokenizer.ggml.tokens");
  if (types.size() != tokens.size()) {
    throw JobError({file.path(), "tokenizer.ggml.token_type",
                    std::to_string(types.size()) + " entries",
                    std::to_string(tokens.size()), ""});
  }
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    if (tokens[id].empty()) {
      throw JobError({file.path(), "tokenizer.ggml.tokens",
                      "token " + std::to_string(id) + " is empty", "a text",
                      "the file is damaged"});
    }
  }
  std::vector<int> kinds;
  for (const double type : types) {
    if (!(type >= 0 && type <= 16)) {
      throw JobError({file.path(), "tokenizer.ggml.token_type",
                      std::to_string(type), "a kind of token",
                      "the file is damaged"});
    }
    kinds.push_back(static_cast<int>(type));
  }
  return kinds;
}

std::vector<AddedToken> added_tokens(const std::vector<std::string>& tokens,
                                     const std::vector<int>& types) {
  std::vector<AddedToken> added;
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    if (types[id] == kControlToken || types[id] == kUserDefinedToken) {
      added.push_back({tokens[id], static_cast<std::int32_t>(id)});
      added.back().special = types[id] == kControlToken;
    }
  }
  return added;
}

std::int32_t token_id(const GgufFile& file, const std::string& key) {
  const std::int64_t id = file.integer(key);
  if (id < 0 || id >= std::ssize(file.texts("tokenizer.ggml.tokens"))) {
    throw JobError({file.path(), key, std::to_string(id),
                    "a token of the vocabulary", "the file is damaged"});
  }
  return static_cast<std::int32_t>(id);
}

// `other`: where the file says nothing of it, as llama.cpp has it.
std::int32_t beginning(const GgufFile& file, bool other) {
  const std::string key = "tokenizer.ggml.add_bos_token";
  const bool wanted = file.has(key) ? file.flag(key) : other;
  return wanted ? token_id(file, "tokenizer.ggml.bos_token_id") : -1;
}

TokenizerParts byte_level(const GgufFile& file) {
  const ByteLevelRule& rule =
      rule_named(file.text("tokenizer.ggml.pre"), file.path());
  const std::vector<int> types = token_types(file);
  const auto& tokens = file.texts("tokenizer.ggml.tokens");
  Bpe::Merges merges;
  for (const std::string& merge : file.texts("tokenizer.ggml.merges")) {
    // From 1: a left part is never empty.
    const std::size_t space = merge.find(' ', 1);
    merges.emplace_back(merge.substr(0, space), space == std::string::npos
                                                    ? ""
                                                    : merge.substr(space + 1));
  }
  BpeRules rules;
  rules.ignore_merges = rule.llama3;
  TokenizerParts parts{added_tokens(tokens, types),
                       {},
                       {},
                       Bpe(tokens, merges, rules, file.path())};
  if (rule.compose) parts.normaliser.emplace_back(ComposeStep{});
  if (rule.single_digits) parts.pre_tokenizer.emplace_back(isolated("\\p{N}"));
  parts.pre_tokenizer.emplace_back(
      rule.before == nullptr ? gpt2_split() : isolated(rule.before));
  parts.pre_tokenizer.emplace_back(ByteLevelStep{});
  parts.byte_level = true;
  parts.beginning = beginning(file, rule.llama3);
  return parts;
}

// SentencePiece's runs of U+2581 are kept as spaces in these files.
std::string with_metaspaces(std::string text) {
  if (text.find_first_not_of(' ') != std::string::npos) return text;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) out += kMetaspace;
  return out;
}

TokenizerParts sentencepiece(const GgufFile& file) {
  storage::SentencePieceModel model;
  model.kind = storage::SentencePieceModel::Kind::bpe;
  model.byte_fallback = true;
  model.remove_extra_whitespaces = false;
  model.pieces = file.texts("tokenizer.ggml.tokens");
  model.scores = file.numbers("tokenizer.ggml.scores");
  if (model.scores.size() != model.pieces.size()) {
    throw JobError({file.path(), "tokenizer.ggml.scores",
                    std::to_string(model.scores.size()) + " entries",
                    std::to_string(model.pieces.size()), ""});
  }
  for (const int type : token_types(file)) {
    model.types.push_back(static_cast<storage::SentencePieceModel::Type>(type));
    std::string& piece = model.pieces[model.types.size() - 1];
    if (type == kUserDefinedToken) piece = with_metaspaces(std::move(piece));
  }
  const std::string prefix = "tokenizer.ggml.add_space_prefix";
  model.add_dummy_prefix = !file.has(prefix) || file.flag(prefix);
  TokenizerParts parts =
      sentencepiece_parts(model, Prefix::every_stretch, file.path());
  parts.beginning = beginning(file, true);
  return parts;
}

}  // namespace

std::unique_ptr<Tokenizer> read_gguf_tokenizer(const GgufFile& file) {
  const std::string& kind = file.text("tokenizer.ggml.model");
  if (kind == "gpt2") {
    return std::make_unique<PipelineTokenizer>(byte_level(file));
  }
  if (kind == "llama") {
    return std::make_unique<PipelineTokenizer>(sentencepiece(file));
  }
  throw JobError({file.path(), "tokenizer.ggml.model", kind, "gpt2 or llama",
                  "take the model as a Hugging Face folder"});
}

}  // namespace coxswain::jobs
