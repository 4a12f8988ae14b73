#include "jobs/observation/feature_activity.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/device/exact_sums.hpp"
#include "jobs/device/result_tensors.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/observation/norm_histogram.hpp"
#include "jobs/observation/observe.hpp"
#include "jobs/observation/top_contexts.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/pair_activations.hpp"
#include "jobs/task/activity_result.hpp"

namespace coxswain::jobs {
namespace {

// The groups of reference text, as rows of TaskOutput's arrays; without texts
// x+ and x- have the first two rows.
enum Group : std::int64_t { kFirst, kOthers, kFirstSinks, kOtherSinks };
constexpr std::int64_t kSinks = kFirstSinks - kFirst;

// Sums over the activations of each group, and where features fire most.
class Activity {
 public:
  Activity(const SparseAutoencoder& sae, std::int64_t groups,
           std::int32_t contexts)
      : sae_(sae),
        rows_(std::min(kActivityRows, rows_a_reading(width()))),
        contexts_(width(), contexts) {
    const at::TensorOptions there(sae.device());
    tokens_ = at::zeros({groups}, at::kLong);
    active_ = at::zeros({groups, width()}, there.dtype(at::kLong));
    code_most_ = at::zeros({groups, width()}, there.dtype(at::kDouble));
    for (std::int64_t i = 0; i < groups; ++i) sums_.push_back(no_sums());
  }

  // Counts x [n, d_in]; places [n] where contexts are of interest, else empty.
  void add(std::int64_t group, const at::Tensor& x,
           std::span<const TextPlace> places = {}) {
    assert(0 <= group && group < tokens_.size(0));
    assert(places.empty() || std::ssize(places) == x.size(0));
    for (std::int64_t first = 0; first < x.size(0); first += rows_) {
      const std::int64_t n = std::min(rows_, x.size(0) - first);
      const at::Tensor codes =
          add_some(group, x.narrow(0, first, n).to(sae_.device()));
      if (!places.empty()) {
        add_contexts(codes, places.subspan(static_cast<std::size_t>(first),
                                           static_cast<std::size_t>(n)));
      }
    }
  }

  TaskOutput output() const {
    TaskOutput output;
    storage::ArrayMap& result = output.result;
    put(result, activity_result::kTokens, tokens_);
    put(result, activity_result::kActive, active_);
    put(result, activity_result::kCodeSum, parts(&Sums::codes));
    put(result, activity_result::kCodeMost, code_most_);
    put(result, activity_result::kProjectionSum, parts(&Sums::projections));
    put(result, activity_result::kProjectionSquares, parts(&Sums::squares));
    if (contexts_.most() > 0) contexts_.keep(result);
    return output;
  }

 private:
  // Of one group; exact, so that it makes no difference which tokens are added
  // together.
  struct Sums {
    ExactSums codes, projections, squares;
  };

  std::int64_t width() const { return sae_.header.d_sae; }

  Sums no_sums() const {
    const auto none = [&](double unit) {
      return ExactSums(width(), unit, sae_.device());
    };
    return {none(activity_result::kSumUnit), none(activity_result::kSumUnit),
            none(activity_result::kSquareUnit)};
  }

  // [2, groups, d_sae]
  at::Tensor parts(ExactSums Sums::*member) const {
    std::vector<at::Tensor> all;
    for (const Sums& one : sums_) {
      all.push_back((one.*member).parts("codes or projections of a feature"));
    }
    return at::stack(all, 1);
  }

  at::Tensor add_some(std::int64_t group, const at::Tensor& x) {
    EncoderPass pass(sae_);
    const auto encoded = pass.encode(x, sae_.header.b_dec_input);
    const auto projected = pass.project(x);
    pass.run();
    const at::Tensor& codes = pass.result(encoded);
    const at::Tensor& projections = pass.result(projected);
    require_finite(codes, "codes of activations",
                   "coxswain check tries the SAE at its layer");
    tokens_.select(0, group).add_(x.size(0));
    active_.select(0, group).add_(codes.ne(0).sum(0));
    at::Tensor most = code_most_.select(0, group);
    most.copy_(at::maximum(most, codes.amax(0).to(at::kDouble)));
    Sums& sums = sums_[static_cast<std::size_t>(group)];
    sums.codes.add(codes);
    sums.projections.add(projections);
    sums.squares.add_squares(projections);
    return codes;
  }

  void add_contexts(const at::Tensor& codes,
                    std::span<const TextPlace> places) {
    if (contexts_.most() == 0) return;
    const at::Tensor firing = codes.nonzero();  // row after row
    const at::Tensor found =
        codes.index({firing.select(1, 0), firing.select(1, 1)}).cpu();
    const at::Tensor here = firing.cpu();
    const auto where = here.accessor<std::int64_t, 2>();
    const auto values = found.accessor<float, 1>();
    for (std::int64_t i = 0; i < here.size(0); ++i) {
      assert(where[i][0] < std::ssize(places));
      contexts_.add(where[i][1], values[i],
                    places[static_cast<std::size_t>(where[i][0])]);
    }
  }

  const SparseAutoencoder& sae_;
  std::int64_t rows_;
  at::Tensor tokens_, active_, code_most_;
  std::vector<Sums> sums_;  // by group
  TopContexts contexts_;
};

// What one clean pass has of the layer, token after token.
struct PassTokens {
  at::Tensor residual;            // [n_tokens, d_model] f32
  std::vector<TextPlace> places;  // of each
};

// f(tokens of a pass), pass after pass.
void each_pass(const ActivityTask& task, const Transformer& model,
               const std::function<void(PassTokens)>& f) {
  std::int32_t first_text = 0;
  for_each_pass(task.texts, [&](const std::vector<ContrastTokens>& texts) {
    const PackedPrompts prompts(texts, PackedPrompts::Siblings::none);
    const at::Tensor rows =
        prompts.rows_from(std::vector<std::int64_t>(texts.size(), 0));
    PassTokens tokens;
    tokens.residual =
        clean_pass(model, prompts, task.layer, rows, [](const BlockState&) {
        }).to(at::kFloat);
    for (const ContrastTokens& text : texts) {
      for (std::size_t i = 0; i < text.shared.size(); ++i) {
        tokens.places.push_back({first_text, static_cast<std::int32_t>(i)});
      }
      ++first_text;
    }
    f(std::move(tokens));
  });
}

// Parts the tokens of a pass into groups and counts each; is_sink(row) says
// which of the pass's rows are sinks.
void add_pass(const PassTokens& tokens,
              const std::function<bool(std::size_t)>& is_sink,
              Activity& activity) {
  assert(tokens.residual.size(0) == std::ssize(tokens.places));
  std::array<std::vector<std::int64_t>, 4> rows;
  std::vector<TextPlace> context_places;
  for (std::size_t i = 0; i < tokens.places.size(); ++i) {
    const std::int64_t group =
        (tokens.places[i].position == 0 ? kFirst : kOthers) +
        (is_sink(i) ? kSinks : 0);
    rows[static_cast<std::size_t>(group)].push_back(
        static_cast<std::int64_t>(i));
    if (group == kOthers) context_places.push_back(tokens.places[i]);
  }
  for (std::size_t group = 0; group < rows.size(); ++group) {
    if (rows[group].empty()) continue;
    const at::Tensor x = tokens.residual.index_select(
        0, at::tensor(rows[group], at::kLong).to(tokens.residual.device()));
    activity.add(
        static_cast<std::int64_t>(group), x,
        group == kOthers ? context_places : std::span<const TextPlace>());
  }
}

// Counts sinks apart. Which tokens are sinks only all of the task's norms say:
// its activations are kept until they are known.
void add_apart(const ActivityTask& task, const Transformer& model,
               Activity& activity) {
  std::vector<PassTokens> passes;
  std::vector<std::vector<double>> norms;
  NormHistogram all;
  each_pass(task, model, [&](PassTokens tokens) {
    norms.push_back(norms_of(tokens.residual));
    for (const double norm : norms.back()) all.add(norm);
    passes.push_back(std::move(tokens));
  });
  const double highest = without_sinks(all).highest();
  for (std::size_t p = 0; p < passes.size(); ++p) {
    add_pass(
        passes[p], [&](std::size_t row) { return norms[p][row] > highest; },
        activity);
  }
}

}  // namespace

TaskOutput feature_activity(const ActivityTask& task,
                            const std::vector<storage::ArrayMap>& inputs,
                            const SparseAutoencoder& sae,
                            const std::function<const Transformer&()>& model) {
  Activity activity(sae, activity_groups(task), task.contexts);
  if (task.texts.empty()) {
    const PairActivations pairs =
        pair_activations(inputs, 0, inputs.size(), task.layer);
    activity.add(0, pairs.positive);
    activity.add(1, pairs.negative);
  } else if (task.sinks_apart) {
    add_apart(task, model(), activity);
  } else {
    each_pass(task, model(), [&](const PassTokens& tokens) {
      add_pass(
          tokens, [](std::size_t) { return false; }, activity);
    });
  }
  return activity.output();
}

}  // namespace coxswain::jobs
