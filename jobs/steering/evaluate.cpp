#include "jobs/steering/evaluate.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <string>

#include "jobs/device/result_tensors.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "jobs/task/evaluate_result.hpp"
#include "jobs/task/evaluated_cells.hpp"
#include "jobs/task/job_error.hpp"
#include "jobs/task/result_reader.hpp"
#include "jobs/task/variants_result.hpp"

namespace coxswain::jobs {
namespace {

constexpr const char* kVariantsTask = "variants task";
constexpr const char* kKnownCells = "cells that are known";

// One evaluation: what is given, what is left to compute, and what came of it.
class Evaluation {
 public:
  Evaluation(const EvaluateTask& task,
             const std::vector<storage::ArrayMap>& inputs)
      : task_(task), cells_(task), open_(cells_.size(), true) {
    const bool continued =
        !inputs.empty() && inputs.back().contains(evaluate_result::kKnown.name);
    const std::size_t n = inputs.size() - (continued ? 1 : 0);
    for (std::size_t i = 0; i < n; ++i) vectors_.push_back(Made(inputs[i]));
    for (std::size_t v = 0; v < task.variants.size(); ++v) leave_out(v);
    if (continued) take_known(inputs.back());
  }

  bool whole() const { return std::ranges::count(open_, true) == 0; }

  // The items and steerings of which something is left, so that neither a clean
  // pass nor a residual is computed for the others.
  void compute(const Transformer& model, PhaseTimes* times) {
    std::vector<std::size_t> items, steerings;
    for (std::size_t i = 0; i < task_.items.size(); ++i) {
      if (any_of_item(i)) items.push_back(i);
    }
    for (std::size_t s = 0; s < n_steerings(); ++s) {
      if (any_of_steering(s)) steerings.push_back(s);
    }
    std::vector<ContrastTokens> tokens;
    for (const std::size_t item : items) tokens.push_back(task_.items[item]);
    std::vector<Steering> steered;
    for (const std::size_t s : steerings) steered.push_back(steering(s));
    for (std::size_t first = 0; first < tokens.size();) {
      const std::size_t last = end_of_pass(tokens, first);
      const auto at = [](auto& list, std::size_t i) {
        return list.begin() + static_cast<std::ptrdiff_t>(i);
      };
      const std::vector<std::size_t> numbers(at(items, first), at(items, last));
      SteerOptions options;
      options.vocabulary =
          task_.letter_mass ? Vocabulary::summed : Vocabulary::left_out;
      options.times = times;
      options.wanted = [&](std::size_t item, std::size_t s) {
        return open_[cell(numbers[item], steerings[s])];
      };
      take(
          steer(model, {at(tokens, first), at(tokens, last)}, steered, options),
          numbers, steerings);
      first = last;
    }
  }

  storage::ArrayMap result() const { return cells_.result(); }

 private:
  // What a variants task gave; nothing if it was given up.
  struct Made {
    explicit Made(const storage::ArrayMap& arrays) : there(!arrays.empty()) {
      if (!there) return;
      vectors = tensor_of(arrays, variants_result::kVectors, kVariantsTask);
      const auto flags = arrays.find(variants_result::kAvailable.name);
      if (flags != arrays.end()) available = storage::integers(flags->second);
      if (!arrays.contains(variants_result::kGates.name)) return;
      encoders = tensor_of(arrays, variants_result::kEncoders, kVariantsTask);
      gates = read_rows(arrays, variants_result::kGates, kVariantsTask);
    }
    bool there;
    at::Tensor vectors;
    at::Tensor encoders;                  // of features; else undefined
    std::vector<FeatureGate> gates;       // of features; else none
    std::vector<std::int64_t> available;  // empty: all are
  };

  std::size_t n_steerings() const {
    return task_.variants.size() * task_.multipliers.size();
  }
  std::size_t cell(std::size_t item, std::size_t steering) const {
    return item * n_steerings() + steering;
  }
  const Made& made(const SteeredVariant& variant) const {
    return vectors_.at(static_cast<std::size_t>(variant.input));
  }

  void leave_out(std::size_t v) {
    const SteeredVariant& variant = task_.variants[v];
    const Made& from = made(variant);
    const bool there =
        from.there &&
        std::ranges::all_of(rows_of(variant), [&](std::int32_t row) {
          return from.available.empty() ||
                 from.available.at(static_cast<std::size_t>(row)) != 0;
        });
    if (there) return;
    cells_.put_variant(v, from.there ? NoCell::no_vector : NoCell::not_there);
    for (std::size_t item = 0; item < task_.items.size(); ++item) {
      for (std::size_t m = 0; m < task_.multipliers.size(); ++m) {
        open_[cells_.cell(item, v, m)] = false;
      }
    }
  }

  void take_known(const storage::ArrayMap& arrays) {
    const std::vector<std::int64_t> known = storage::integers(
        storage::at(arrays, evaluate_result::kKnown.name, kKnownCells));
    const CellReader read(arrays, cells_.size(), task_.letter_mass,
                          kKnownCells);
    for (std::size_t i = 0; i < cells_.size() && i < known.size(); ++i) {
      if (known[i] == 0) continue;
      read.copy(i, cells_, i);
      open_[i] = false;
    }
  }

  bool any_of_item(std::size_t item) const {
    for (std::size_t s = 0; s < n_steerings(); ++s) {
      if (open_[cell(item, s)]) return true;
    }
    return false;
  }
  bool any_of_steering(std::size_t s) const {
    for (std::size_t item = 0; item < task_.items.size(); ++item) {
      if (open_[cell(item, s)]) return true;
    }
    return false;
  }

  Steering steering(std::size_t s) const {
    const std::size_t v = s / task_.multipliers.size();
    const SteeredVariant& variant = task_.variants[v];
    const at::Tensor& vectors = made(variant).vectors;
    Steering steering{variant.layer, vectors[variant.row],
                      task_.multipliers[s % task_.multipliers.size()],
                      variant.sign_rule, operation_of(task_, v)};
    for (const FurtherVector& one : variant.further) {
      steering.further.push_back({one.layer, vectors[one.row]});
    }
    if (steering.operation == Operation::clamp) {
      steering.feature = clamped_feature(variant);
    }
    return steering;
  }

  ClampedFeature clamped_feature(const SteeredVariant& variant) const {
    const Made& from = made(variant);
    const auto row = static_cast<std::size_t>(variant.row);
    if (row >= from.gates.size()) {
      throw JobError({kVariantsTask, variants_result::kGates.name,
                      std::to_string(from.gates.size()) + " rows",
                      "one a vector that is clamped", ""});
    }
    return {from.encoders[variant.row], from.gates[row], variant.clamped_to};
  }

  void take(const Answers& answers, const std::vector<std::size_t>& items,
            const std::vector<std::size_t>& steerings) {
    const auto as_floats = [](const at::Tensor& all) {
      return all.to(at::kFloat).contiguous();
    };
    const at::Tensor match = as_floats(answers.match);
    const at::Tensor other = as_floats(answers.other);
    const at::Tensor sums = task_.letter_mass ? as_floats(answers.log_sum_exp)
                                              : at::zeros_like(match);
    std::size_t read = 0;
    for (const std::size_t item : items) {
      for (const std::size_t s : steerings) {
        const std::size_t to = cell(item, s);
        if (open_[to]) {
          cells_.put(
              to, {match.data_ptr<float>()[read], other.data_ptr<float>()[read],
                   sums.data_ptr<float>()[read]});
        }
        ++read;
      }
    }
  }

  const EvaluateTask& task_;
  std::vector<Made> vectors_;
  EvaluatedCells cells_;
  std::vector<bool> open_;  // of each cell: it is to be computed
};

}  // namespace

TaskOutput evaluate(const EvaluateTask& task,
                    const std::vector<storage::ArrayMap>& inputs,
                    const std::function<const Transformer&()>& model,
                    PhaseTimes* times) {
  Evaluation evaluation(task, inputs);
  if (!evaluation.whole()) evaluation.compute(model(), times);
  return {evaluation.result(), {}};
}

TaskOutput evaluate(const EvaluateTask& task,
                    const std::vector<storage::ArrayMap>& inputs,
                    const Transformer& model, PhaseTimes* times) {
  return evaluate(
      task, inputs, [&]() -> const Transformer& { return model; }, times);
}

}  // namespace coxswain::jobs
