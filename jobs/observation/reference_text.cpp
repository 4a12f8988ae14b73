#include "jobs/observation/reference_text.hpp"

#include <algorithm>

#include "jobs/task/job_error.hpp"
#include "storage/texts/text_corpus.hpp"

namespace coxswain::jobs {
namespace {

// Contexts made of texts so far, and how many tokens may still come.
class Contexts {
 public:
  Contexts(const std::string& path, const TextRules& rules,
           const ModelHeader& model)
      : path_(path), rules_(rules), model_(model), left_(rules.tokens) {}

  // Cuts a text into contexts. False when there are enough.
  bool take(const std::string& text) {
    std::vector<std::int32_t> ids;
    for (const Token& token : encoded(text)) ids.push_back(token.id);
    require_embeddings(ids);
    const std::int32_t beginning = model_.tokenizer->beginning();
    // A text that spells its beginning has it once.
    if (!ids.empty() && ids.front() == beginning) ids.erase(ids.begin());
    // The beginning takes one token of each context, and of the total.
    const std::int64_t own = beginning < 0 ? 0 : 1;
    for (auto at = ids.begin(); at != ids.end() && left_ > own;) {
      const std::int64_t n = std::min(
          {std::int64_t{ids.end() - at}, rules_.context - own, left_ - own});
      std::vector<std::int32_t>& context = contexts_.emplace_back();
      if (own > 0) context.push_back(beginning);
      context.insert(context.end(), at, at + n);
      at += n;
      left_ -= n + own;
      if (rules_.longer == LongTexts::cut) break;
    }
    return left_ > own;
  }

  std::vector<std::vector<std::int32_t>> finish() {
    if (contexts_.empty()) {
      throw JobError({path_, "", "texts without a token", "words", ""});
    }
    return std::move(contexts_);
  }

 private:
  // The tokens of a text; what can't be encoded is a fault of this file.
  std::vector<Token> encoded(const std::string& text) {
    ++number_;
    try {
      std::vector<Token> tokens = model_.tokenizer->encode(text);
      model_.tokenizer->require_beginning(tokens);
      return tokens;
    } catch (const JobError& error) {
      storage::Fault fault = error.fault();
      fault.file = path_;
      fault.item = "text " + std::to_string(number_);
      throw JobError(fault);
    }
  }

  // Vocabularies may be larger than the embedding.
  void require_embeddings(const std::vector<std::int32_t>& ids) const {
    const auto most = std::ranges::max_element(ids);
    if (most == ids.end() || *most < model_.architecture.d_vocab) return;
    throw JobError(
        {path_, "", "token " + std::to_string(*most),
         "one of the model's " + std::to_string(model_.architecture.d_vocab),
         ""});
  }

  const std::string& path_;
  const TextRules& rules_;
  const ModelHeader& model_;
  std::int64_t left_;
  std::int64_t number_ = 0;  // of texts
  std::vector<std::vector<std::int32_t>> contexts_;
};

}  // namespace

std::vector<std::vector<std::int32_t>> reference_tokens(
    const std::string& path, const TextRules& rules, const ModelHeader& model) {
  if (rules.context > model.architecture.n_ctx) {
    throw JobError({path, "context", std::to_string(rules.context) + " tokens",
                    "at most " + std::to_string(model.architecture.n_ctx), ""});
  }
  Contexts contexts(path, rules, model);
  storage::for_each_text(
      path, [&](const std::string& text) { return contexts.take(text); });
  return contexts.finish();
}

}  // namespace coxswain::jobs
