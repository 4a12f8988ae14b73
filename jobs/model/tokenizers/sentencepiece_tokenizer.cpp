#include "jobs/model/tokenizers/sentencepiece_tokenizer.hpp"

#include <cmath>
#include <filesystem>
#include <utility>
#include <vector>

#include "jobs/model/tokenizers/tokenizer_settings.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using storage::SentencePieceModel;
using Type = SentencePieceModel::Type;

constexpr std::size_t kLongestPiece = 1024;  // bytes; every cut is looked up

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

TokenizerParts sentencepiece_parts(const SentencePieceModel& model,
                                   Prefix prefix, const std::string& where) {
  refuse_unknown(model, where);
  std::vector<AddedToken> added;
  std::vector<double> scores = model.scores;
  BpeRules rules;
  rules.byte_fallback = model.byte_fallback;
  rules.fuse_unknown = true;
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    const Type type = model.types[id];
    if (model.pieces[id].size() > kLongestPiece ||
        !std::isfinite(model.scores[id])) {
      throw JobError({where, "piece " + std::to_string(id),
                      "one without end, or without a score", "a short text",
                      "the file is damaged"});
    }
    const auto number = static_cast<std::int32_t>(id);
    if (type == Type::control || type == Type::user_defined) {
      added.push_back({model.pieces[id], number});
      scores[id] = 0;  // before all others; what files say here varies
    }
    if (type == Type::unknown) {
      rules.unknown = number;
      added.push_back({model.pieces[id], number});
    }
  }
  TokenizerParts parts{
      std::move(added),
      {},
      {},
      Bpe(model.pieces, merges_by_score(model.pieces, scores), rules, where)};
  if (model.add_dummy_prefix) {
    parts.normaliser.emplace_back(
        PrependStep{kMetaspace, prefix == Prefix::once});
  }
  parts.normaliser.emplace_back(ReplaceStep{" ", kMetaspace});
  parts.space = kMetaspace;
  return parts;
}

std::unique_ptr<Tokenizer> read_sentencepiece(const std::string& folder) {
  const std::string path =
      (std::filesystem::path(folder) / "tokenizer.model").string();
  const SentencePieceModel model = storage::read_sentencepiece_model(path);
  const TokenizerSettings settings = read_tokenizer_settings(folder);
  TokenizerParts parts = sentencepiece_parts(
      model, settings.prefix_once ? Prefix::once : Prefix::every_stretch, path);
  // Where nothing is said, prompts begin with one, as Llama's and Gemma's do.
  if (settings.add_beginning.value_or(true)) parts.beginning = model.bos_id;
  return std::make_unique<PipelineTokenizer>(std::move(parts));
}

}  // namespace coxswain::jobs
