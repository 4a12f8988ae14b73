#include "jobs/check/model_check.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "jobs/device/own_errors.hpp"
#include "jobs/model/tokenizers/token_text.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/steering/clean_pass.hpp"

namespace coxswain::jobs {
namespace {

constexpr int kContinued = 8;  // tokens
constexpr const char* kProbes[] = {"The capital of France is",
                                   "Once upon a time, there was a",
                                   "Question: What is two plus two?\nAnswer:"};
constexpr const char* kEnglish =
    "The ship left the harbour early in the morning. The sea was calm, and the "
    "crew had little to do but watch the coast grow smaller behind them. By "
    "noon the wind had changed, and the captain ordered the sails to be set "
    "again.";
// Logits that hardly differ over the vocabulary say nothing.
constexpr double kLeastSpread = 1e-2;

// One loaded model and what was found of it so far.
class Checker {
 public:
  Checker(const std::string& path, const ModelHeader& header,
          ComputeType compute)
      : header_(header), model_(load_model({path, "", compute})) {}

  ModelCheck run() {
    std::set<std::int64_t> next;
    for (const char* text : kProbes) next.insert(probe(text));
    if (next.size() == 1) {
      problem(
          "every probe is continued with the same token: the model does "
          "not look at its prompt");
    }
    check_english();
    return check_;
  }

 private:
  void problem(const std::string& text) { check_.problems.push_back(text); }

  std::vector<std::int32_t> tokens_of(const std::string& text) {
    // Whether files agree on the beginning is asked of a sweep's own prompts.
    const std::int32_t beginning = header_.tokenizer->beginning();
    std::vector<std::int32_t> ids;
    if (beginning >= 0) ids.push_back(beginning);
    for (const Token& token : header_.tokenizer->encode(text)) {
      ids.push_back(token.id);
    }
    return ids;
  }

  // Logits [n, d_vocab] at every token; empty if the tokens are not the
  // model's.
  at::Tensor logits_of(std::vector<std::int32_t> ids, const std::string& text) {
    const auto longest = static_cast<std::size_t>(header_.architecture.n_ctx);
    if (ids.size() > longest) {
      problem("a context of " + std::to_string(longest) +
              " tokens is too short for \"" + text + "\"");
      return {};
    }
    const std::int32_t largest = *std::max_element(ids.begin(), ids.end());
    if (largest >= header_.architecture.d_vocab) {
      problem("the tokenizer gives token " + std::to_string(largest) +
              ", the model has " +
              std::to_string(header_.architecture.d_vocab) + ": \"" + text +
              "\"");
      return {};
    }
    ContrastTokens tokens;
    tokens.shared = ids;
    const at::Tensor last = clean_pass(
        model_, tokens, header_.architecture.n_layers - 1,
        [&](const BlockState& state) {
          const auto size = state.residual.abs().max().item<double>();
          if (!std::isfinite(size) && finite_) {
            finite_ = false;
            problem("resid_post of layer " + std::to_string(state.block) +
                    " is not finite: \"" + text + "\"");
          }
          check_.largest_residual = std::max(check_.largest_residual, size);
        });
    return model_.logits(last);
  }

  // Continues a text; returns the first token of the continuation, -1 for none.
  std::int64_t probe(const std::string& text) {
    std::vector<std::int32_t> ids = tokens_of(text);
    Probe probe{text, ""};
    std::int64_t first = -1;
    for (int i = 0; i < kContinued && !ids.empty(); ++i) {
      const at::Tensor logits = logits_of(ids, text);
      if (!logits.defined()) break;
      const at::Tensor last = logits[-1];
      const auto spread = last.std().item<double>();
      if (i == 0 && !(spread > kLeastSpread)) {
        problem("the logits hardly differ (standard deviation " +
                std::to_string(spread) + "): \"" + text + "\"");
      }
      const auto next = last.argmax().item<std::int64_t>();
      if (first < 0) first = next;
      ids.push_back(static_cast<std::int32_t>(next));
      probe.continuation += token_bytes(*header_.tokenizer, ids.back());
    }
    check_.probes.push_back(probe);
    return first;
  }

  // Wrong weights, a wrong tokenizer, or one of another model all show here.
  void check_english() {
    const std::vector<std::int32_t> ids = tokens_of(kEnglish);
    // A model that knows nothing gives each token of the vocabulary the same
    // chance.
    check_.guessing =
        std::log(static_cast<double>(header_.architecture.d_vocab));
    if (ids.size() < 2) {
      return problem("the tokenizer makes " + std::to_string(ids.size()) +
                     " tokens of a paragraph of English");
    }
    const at::Tensor logits = logits_of(ids, "a paragraph of English");
    if (!logits.defined()) return;
    std::vector<std::int64_t> next(ids.begin() + 1, ids.end());
    const auto n = std::ssize(next);
    const at::Tensor of_next =
        at::log_softmax(logits.narrow(0, 0, n), 1)
            .gather(1, at::tensor(next, at::kLong).unsqueeze(1));
    check_.nats = -of_next.mean().item<double>();
    if (!(check_.nats < check_.guessing)) {
      problem(
          "plain English is no likelier than chance: weights and tokenizer "
          "are not of one model, or the model was never trained");
    }
  }

  const ModelHeader& header_;
  Transformer model_;
  ModelCheck check_;
  bool finite_ = true;
};

}  // namespace

ModelCheck check_model(const std::string& path, const ModelHeader& header,
                       ComputeType compute) {
  const at::NoGradGuard no_gradients;
  return with_own_errors(path,
                         [&] { return Checker(path, header, compute).run(); });
}

}  // namespace coxswain::jobs
