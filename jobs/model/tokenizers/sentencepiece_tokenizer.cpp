#include "jobs/model/tokenizers/sentencepiece_tokenizer.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>

#include "jobs/model/tokenizers/pipeline_steps.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;
using storage::SentencePieceModel;
using Type = SentencePieceModel::Type;

constexpr std::size_t kLongestPiece = 1024;  // bytes; every cut is looked up
// What Gemma's marks are called that its tokenizer.model calls no marks.
constexpr const char* kGemmaMarks[] = {"<start_of_turn>", "<end_of_turn>"};

void refuse_unknown(const SentencePieceModel& model, const std::string& where) {
  const auto refuse = [&](const char* key, const char* found,
                          const char* expected) {
    throw JobError({where, key, found, expected,
                    "take the model with its tokenizer.json"});
  };
  if (model.kind != SentencePieceModel::Kind::bpe) {
    refuse("model_type", "no byte pair encoding", "BPE");
  }
  if (model.normalises)
    refuse("normalizer_spec", "a character map", "identity");
  if (model.remove_extra_whitespaces) {
    refuse("remove_extra_whitespaces", "true", "false");
  }
  if (!model.escape_whitespaces) refuse("escape_whitespaces", "false", "true");
  if (model.whitespace_as_suffix) {
    refuse("treat_whitespace_as_suffix", "true", "false");
  }
}

}  // namespace

namespace {

void require_sound_pieces(const SentencePieceModel& model,
                          const std::string& where) {
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    if (model.pieces[id].size() > kLongestPiece ||
        !std::isfinite(model.scores[id])) {
      throw JobError({where, "piece " + std::to_string(id),
                      "one without end, or without a score", "a short text",
                      "the file is damaged"});
    }
  }
}

bool is_mark(Type type) {
  return type == Type::control || type == Type::user_defined;
}

// Scores with marks before all others; what files say of them varies.
std::vector<double> merge_scores(const SentencePieceModel& model) {
  std::vector<double> scores = model.scores;
  for (std::size_t id = 0; id < scores.size(); ++id) {
    if (is_mark(model.types[id])) scores[id] = 0;
  }
  return scores;
}

}  // namespace

TokenizerParts sentencepiece_parts(const SentencePieceModel& model,
                                   Prefix prefix, const std::string& where) {
  refuse_unknown(model, where);
  require_sound_pieces(model, where);
  std::vector<AddedToken> added;
  BpeRules rules;
  rules.byte_fallback = model.byte_fallback;
  rules.fuse_unknown = true;
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    const auto number = static_cast<std::int32_t>(id);
    if (is_mark(model.types[id])) {
      added.push_back({model.pieces[id], number});
      added.back().special = model.types[id] == Type::control;
    }
    if (model.types[id] == Type::unknown) {
      rules.unknown = number;
      added.push_back({model.pieces[id], number});
      added.back().special = true;
    }
  }
  TokenizerParts parts{
      std::move(added),
      {},
      {},
      Bpe(model.pieces, merges_by_score(model.pieces, merge_scores(model)),
          rules, where)};
  if (model.add_dummy_prefix) {
    parts.normaliser.emplace_back(
        PrependStep{kMetaspace, prefix == Prefix::once});
    parts.first_space = FirstSpace::dropped;
  }
  parts.normaliser.emplace_back(ReplaceStep{" ", kMetaspace});
  parts.space = kMetaspace;
  return parts;
}

namespace {

BaseVocabulary vocabulary_of(const SentencePieceModel& model) {
  std::unordered_map<std::string, std::int32_t> ids;
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    ids[model.pieces[id]] = static_cast<std::int32_t>(id);
  }
  const auto size = static_cast<std::int32_t>(ids.size());
  return {[ids = std::move(ids)](
              const std::string& text) -> std::optional<std::int32_t> {
            const auto found = ids.find(text);
            if (found == ids.end()) return std::nullopt;
            return found->second;
          },
          size};
}

// The file's own marks; the classes differ in which are special.
std::vector<DeclaredToken> marks_of(const SentencePieceModel& model,
                                    bool gemma_marks) {
  std::vector<DeclaredToken> marks;
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    if (!is_mark(model.types[id])) continue;
    DeclaredToken mark;
    mark.plain = false;
    mark.normalized_said = true;
    mark.token.content = model.pieces[id];
    mark.token.special = model.types[id] == Type::control;
    for (const char* name : kGemmaMarks) {
      if (gemma_marks && mark.token.content == name) mark.token.special = true;
    }
    marks.push_back(std::move(mark));
  }
  return marks;
}

// The class that reads a tokenizer.model. Version 5 has none of its own where
// the settings name none, and then does as version 4's Llama but for marks.
TokenizerClass spm_class(const TokenizerFolder& folder,
                         const SentencePieceModel& model) {
  const auto one = class_of(folder, Version::four);
  const bool named = !folder.tokenizer_class.empty();
  const bool unmarked = std::find(model.types.begin(), model.types.end(),
                                  Type::user_defined) == model.types.end();
  if (one == TokenizerClass::gemma ||
      (one == TokenizerClass::llama && (named || unmarked))) {
    return *one;
  }
  throw JobError({folder.file("tokenizer_config.json"), "tokenizer_class",
                  named ? storage::printable(folder.tokenizer_class) : "none",
                  "LlamaTokenizer or GemmaTokenizer beside a tokenizer.model",
                  "take the model with its tokenizer.json"});
}

void require_gemma(const TokenizerFolder& folder, const FolderTokens& tokens,
                   const SentencePieceModel& model) {
  bool fits = std::find(model.pieces.begin(), model.pieces.end(), "\t") !=
              model.pieces.end();
  std::size_t id = 0;
  for (const char* key : {"pad_token", "eos_token", "bos_token"}) {
    const auto found = tokens.named.find(key);
    fits = fits && id < model.pieces.size() && found != tokens.named.end() &&
           found->second.token.content == model.pieces[id];
    ++id;
  }
  if (fits) return;
  throw JobError({folder.file("tokenizer.model"), "pieces",
                  "others than Gemma's <pad>, <eos> and <bos> first, or no tab",
                  "a tokenizer of Gemma's",
                  "take the model with its tokenizer.json"});
}

json replace_spaces() {
  return {{"type", "Replace"},
          {"pattern", {{"String", " "}}},
          {"content", kMetaspace}};
}

void read_steps(const TokenizerFolder& folder, bool named,
                TokenizerReading& reading) {
  if (reading.of == TokenizerClass::gemma) {
    reading.normalizer.push_back(replace_spaces());
    reading.pre_tokenizer.push_back({{"type", "Split"},
                                     {"pattern", {{"String", " "}}},
                                     {"behavior", "MergedWithPrevious"},
                                     {"invert", false}});
    return;
  }
  const bool five = reading.version == Version::five && named;
  const bool prefix = folder.flag("add_prefix_space")
                          .value_or(five || !folder.says("add_prefix_space"));
  const bool legacy = folder.flag("legacy").value_or(!five);
  if (prefix) reading.first_space = FirstSpace::dropped;
  if (five || !legacy) {
    reading.pre_tokenizer.push_back(
        llama_pre_tokenizer(prefix, five && legacy));
    return;
  }
  if (prefix) {
    reading.normalizer.push_back(
        {{"type", "Prepend"}, {"prepend", kMetaspace}});
  }
  reading.normalizer.push_back(replace_spaces());
}

void read_beginning(const TokenizerFolder& folder, const FolderTokens& tokens,
                    const AddedVocabulary& vocabulary,
                    TokenizerReading& reading) {
  if (folder.flag("add_eos_token").value_or(false)) {
    throw JobError({folder.file("tokenizer_config.json"), "add_eos_token",
                    "true", "false", "prompts must not end with an end"});
  }
  // Where nothing is said, version 4's classes begin prompts with one.
  const bool other =
      reading.version == Version::four && !folder.says("add_bos_token");
  if (!folder.flag("add_bos_token").value_or(other)) return;
  const auto found = tokens.named.find("bos_token");
  if (found == tokens.named.end()) {
    reading.refusal = "add_bos_token is true and bos_token null";
    return;
  }
  reading.beginning =
      vocabulary.id_of(found->second.token.content).value_or(-1);
}

}  // namespace

TokenizerReading read_sentencepiece_as(const TokenizerFolder& folder,
                                       const SentencePieceModel& model,
                                       Version version) {
  refuse_unknown(model, folder.file("tokenizer.model"));
  TokenizerReading reading;
  reading.version = version;
  reading.of = spm_class(folder, model);
  const bool named = !folder.tokenizer_class.empty();
  const bool gemma = reading.of == TokenizerClass::gemma;
  const bool four = version == Version::four;
  const std::vector<DeclaredToken> marks = marks_of(model, gemma && four);
  const FolderTokens tokens = folder_tokens(folder, reading.of, version, marks);
  reading.refusal = tokens.refusal;
  if (gemma) require_gemma(folder, tokens, model);
  AddedVocabulary vocabulary(vocabulary_of(model));
  if (four) {
    std::vector<AddedToken> own;
    for (const DeclaredToken& mark : marks) own.push_back(mark.resolved());
    vocabulary.add(own);
  }
  add_tokens(tokens, version, vocabulary);
  if (four) require_numbers(tokens, vocabulary);
  read_steps(folder, named, reading);
  // Which merge comes first of those that give one piece.
  reading.rules["merges"] = four ? "by score" : "by number";
  read_beginning(folder, tokens, vocabulary, reading);
  reading.added = vocabulary.tokens();
  if (folder.flag("split_special_tokens").value_or(false)) {
    for (AddedToken& token : reading.added) token.skipped = token.special;
  }
  return reading;
}

TokenizerParts sentencepiece_parts(const SentencePieceModel& model,
                                   const TokenizerReading& reading,
                                   const std::string& where) {
  require_sound_pieces(model, where);
  PipelineSteps steps =
      pipeline_steps(reading.normalizer, reading.pre_tokenizer, where);
  BpeRules rules;
  rules.byte_fallback = true;
  rules.fuse_unknown = true;
  const auto unknown =
      std::find(model.types.begin(), model.types.end(), Type::unknown);
  if (reading.version == Version::four && unknown != model.types.end()) {
    rules.unknown = static_cast<std::int32_t>(unknown - model.types.begin());
  }
  const Bpe::Merges merges =
      reading.version == Version::four
          ? merges_by_score(model.pieces, merge_scores(model))
          : merges_by_number(model.pieces);
  TokenizerParts parts{reading.added, std::move(steps.normaliser),
                       std::move(steps.pre_tokenizer),
                       Bpe(model.pieces, merges, rules, where)};
  parts.space = steps.space;
  parts.beginning = reading.beginning;
  parts.first_space = reading.first_space;
  return parts;
}

}  // namespace coxswain::jobs
