#include "jobs/steering/steering_vector.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "jobs/device/exact_sums.hpp"
#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/result_tensors.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/method_vectors.hpp"
#include "jobs/steering/sinks.hpp"
#include "jobs/task/extract_result.hpp"
#include "jobs/task/job_error.hpp"
#include "jobs/task/result_reader.hpp"
#include "jobs/task/result_writer.hpp"
#include "jobs/task/vector_result.hpp"
#include "storage/results/stored_activations.hpp"

namespace coxswain::jobs {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// resid_post at both answers of each pair: [n_layers, n_pairs, 2, d_model] of
// the stream kind, where the first of the layers lies.
at::Tensor read_siblings(const Transformer& model,
                         const std::vector<ContrastTokens>& pairs,
                         const std::vector<std::int32_t>& layers) {
  assert(!layers.empty());
  const PackedPrompts prompts(pairs, PackedPrompts::Siblings::both);
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::int64_t match = prompts.row(i, prompts.shared[i]);
    rows.insert(rows.end(), {match, match + 1});
  }
  std::vector<at::Tensor> read(layers.size());
  clean_pass(model, prompts, *std::max_element(layers.begin(), layers.end()),
             at::tensor(rows, at::kLong), [&](const BlockState& state) {
               for (std::size_t i = 0; i < layers.size(); ++i) {
                 if (layers[i] != state.block) continue;
                 read[i] = state.wanted();
               }
             });
  for (at::Tensor& one : read) one = one.to(read.front().device());
  return at::stack(read).view({std::ssize(layers), std::ssize(pairs), 2, -1});
}

// Median of the norms without attention sinks.
double robust_median(std::vector<double> norms) {
  assert(!norms.empty());
  const auto median = [](std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half]
                                  : 0.5 * (values[half - 1] + values[half]);
  };
  const double limit = kSinkMedians * median(norms);
  std::erase_if(norms, [&](double norm) { return norm > limit; });
  return median(norms);
}

constexpr const char* kActivations = "activations";

// Sums values [n_layers, n_pairs, d_model] over the pairs, exactly, so that
// tasks may have any number of them: of those whose letter sign is `letter`, or
// of all. [2, n_layers, d_model], as extract_result has sums.
at::Tensor sum_of(const at::Tensor& values,
                  const std::vector<std::int8_t>& letter_signs = {},
                  std::int8_t letter = 0) {
  assert(letter == 0 || std::ssize(letter_signs) == values.size(1));
  std::vector<std::int64_t> pairs;
  for (std::int64_t i = 0; i < values.size(1); ++i) {
    if (letter == 0 || letter_signs[static_cast<std::size_t>(i)] == letter) {
      pairs.push_back(i);
    }
  }
  const std::int64_t width = values.size(0) * values.size(2);
  ExactSums sums(width, extract_result::kSumUnit, values.device());
  sums.add(values.transpose(0, 1)
               .index_select(0, at::tensor(pairs, at::kLong))
               .reshape({std::ssize(pairs), width}));
  return sums.parts(kActivations).view({2, values.size(0), values.size(2)});
}

// What the tasks' sums `of` them, [2, n_layers, d_model] each, add up to.
template <class Of>
at::Tensor total(const std::vector<storage::ArrayMap>& inputs, const Of& of) {
  assert(!inputs.empty());
  const at::Tensor first = of(inputs.front());
  ExactSums sums(first[0].numel(), extract_result::kSumUnit, first.device());
  sums.add_parts(first.reshape({2, -1}));
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    sums.add_parts(of(inputs[i]).reshape({2, -1}));
  }
  return sums.values(kActivations).view_as(first[0]);
}

// What an extract task gives of activations [n_layers, n_pairs, 2, d_model];
// letter_signs [n_pairs].
TaskOutput summed(const at::Tensor& all,
                  const std::vector<std::int8_t>& letter_signs, bool keep) {
  assert(all.dim() == 4 && all.size(2) == 2);
  assert(std::ssize(letter_signs) == all.size(1));
  const at::Tensor positive = all.select(2, 0);
  const at::Tensor negative = all.select(2, 1);
  // In the kind that the stream has; only sums are float64.
  const at::Tensor difference = positive - negative;
  const extract_result::LetterCounts letters{
      std::ranges::count(letter_signs, 1),
      std::ranges::count(letter_signs, -1)};
  TaskOutput output;
  storage::ArrayMap& result = output.result;
  put(result, extract_result::kPositiveSum, sum_of(positive));
  put(result, extract_result::kNegativeSum, sum_of(negative));
  put(result, extract_result::kDifferenceSum, sum_of(difference));
  put(result, extract_result::kLetterSums,
      at::stack({sum_of(difference, letter_signs, 1),
                 sum_of(difference, letter_signs, -1)}));
  put(result, extract_result::kLetterCounts, std::span(&letters, 1), {});
  put(result, extract_result::kNorms,
      row_norms(all.flatten(0, 2))
          .view(all.sizes().slice(0, 3))
          .permute({1, 2, 0})
          .to(at::kFloat));
  if (keep) {
    put(output.bulk, extract_result::kActivations, all.to(at::kFloat));
  }
  return output;
}

// NaN where there are no such pairs.
at::Tensor mean_of_letter(const at::Tensor& sum, std::int64_t n) {
  return n > 0 ? sum / static_cast<double>(n) : at::full_like(sum, kNaN);
}

// The task's own vectors, as many and as wide as the means are.
at::Tensor own(const VectorTask& task, const at::Tensor& means) {
  if (std::ssize(task.own) != means.numel()) {
    throw JobError(
        {"vector task", "own vectors", std::to_string(task.own.size()),
         std::to_string(means.numel()) + " numbers, as the activations have",
         ""});
  }
  at::Tensor vectors = at::empty(means.sizes(), at::kDouble);
  std::copy(task.own.begin(), task.own.end(), vectors.data_ptr<double>());
  return vectors;
}

// What the extract tasks gave of the pairs: of a method of rows, made anew of
// the activations that they kept, which is all of theirs that it has.
std::vector<storage::ArrayMap> sums_of(
    const VectorTask& task, const std::vector<storage::ArrayMap>& inputs) {
  if (!traits_of(task.method).rows) return inputs;
  std::vector<storage::ArrayMap> sums;
  for (const storage::ArrayMap& input : inputs) {
    const at::Tensor all =
        tensor_of(input, extract_result::kActivations, "extract task");
    const std::vector<std::int8_t> no_letters(
        static_cast<std::size_t>(all.size(1)), 0);
    sums.push_back(summed(all, no_letters, false).result);
  }
  return sums;
}

// The vectors of a task, and which of its layers have none, if its method
// failed at some.
void put_vectors(const VectorTask& task,
                 const std::vector<storage::ArrayMap>& inputs,
                 const at::Tensor& means, const at::Tensor& positive_means,
                 storage::ArrayMap& result) {
  if (task.method == VectorMethod::mean_difference) {
    put(result, vector_result::kVector,
        task.own.empty() ? means : own(task, means));
    return;
  }
  const MethodVectors made =
      method_vectors(task, inputs, means, positive_means);
  put(result, vector_result::kVector, made.vectors);
  std::string reasons;
  std::vector<std::int64_t> available;
  for (const std::string& one : made.failures) {
    available.push_back(one.empty() ? 1 : 0);
    if (!one.empty()) reasons += one + '\n';
  }
  if (reasons.empty()) return;
  put(result, vector_result::kAvailable, available, {std::ssize(available)});
  put_bytes(result, vector_result::kFailures.name, storage::DType::u8,
            {std::ssize(reasons)}, std::as_bytes(std::span(reasons)));
}

}  // namespace

TaskOutput extract(const ExtractTask& task, const Transformer& model) {
  std::vector<at::Tensor> parts;
  for (std::size_t first = 0; first < task.pairs.size();) {
    const std::size_t last = end_of_pass(task.pairs, first);
    const auto at = [&](std::size_t i) {
      return task.pairs.begin() + static_cast<std::ptrdiff_t>(i);
    };
    parts.push_back(read_siblings(model, {at(first), at(last)}, task.layers));
    first = last;
  }
  std::vector<std::int8_t> letter_signs;
  for (const ContrastTokens& pair : task.pairs) {
    letter_signs.push_back(pair.letter_sign);
  }
  // The processor waits for the device once.
  const at::Tensor all = at::cat(parts, 1).cpu();
  require_finite(all, "resid_post at the answers",
                 "its weights are finite, so the model overflows: coxswain "
                 "check tries it");
  return summed(all, letter_signs, task.keep_activations);
}

TaskOutput import_activations(const ImportTask& task) {
  const auto stored = storage::open_stored_activations(task.path);
  std::vector<at::Tensor> layers;
  for (const std::int32_t layer : task.layers) {
    layers.push_back(to_tensor(
        storage::read_stored_activations(stored, task.behaviour, layer)));
  }
  const at::Tensor all = at::stack(layers);
  require_finite(all, "stored activations of " + task.path,
                 "the file holds them: make it anew");
  // Whatever letters there were, the file doesn't say.
  const std::vector<std::int8_t> no_letters(
      static_cast<std::size_t>(all.size(1)), 0);
  return summed(all, no_letters, true);
}

TaskOutput merge_vectors(const VectorTask& task,
                         const std::vector<storage::ArrayMap>& given) {
  assert(!given.empty());
  const std::vector<storage::ArrayMap> inputs = sums_of(task, given);
  constexpr const char* kWhere = "extract task";
  const auto sum_of = [&](NumbersOf<double> which) {
    return total(inputs, [&](const storage::ArrayMap& input) {
      return tensor_of(input, which, kWhere);
    });
  };
  const auto sum_of_letter = [&](std::int64_t letter) {
    return total(inputs, [&](const storage::ArrayMap& input) {
      return tensor_of(input, extract_result::kLetterSums, kWhere)[letter];
    });
  };
  std::vector<at::Tensor> norms;  // [n_pairs, 2, n_layers] each
  extract_result::LetterCounts letters;
  for (const storage::ArrayMap& input : inputs) {
    norms.push_back(tensor_of(input, extract_result::kNorms, kWhere));
    for (const auto& some :
         read_rows(input, extract_result::kLetterCounts, kWhere)) {
      letters.a += some.a;
      letters.b += some.b;
    }
  }
  const at::Tensor all_norms = at::cat(norms).to(at::kDouble);
  const std::int64_t n = all_norms.size(0);
  assert(task.n_layers <= all_norms.size(2));
  std::vector<double> medians;
  for (std::int64_t layer = 0; layer < task.n_layers; ++layer) {
    const at::Tensor one = all_norms.select(2, layer).contiguous();
    const auto* values = one.data_ptr<double>();
    medians.push_back(robust_median({values, values + one.numel()}));
  }
  const auto count = static_cast<double>(n);
  TaskOutput output;
  storage::ArrayMap& result = output.result;
  const at::Tensor mean = sum_of(extract_result::kDifferenceSum) / count;
  const at::Tensor positive = sum_of(extract_result::kPositiveSum) / count;
  put_vectors(task, given, mean, positive, result);
  put(result, vector_result::kPositiveMean, positive);
  put(result, vector_result::kNegativeMean,
      sum_of(extract_result::kNegativeSum) / count);
  // Only the mean difference is a mean over pairs of either letter.
  const bool pairs =
      task.own.empty() && task.method == VectorMethod::mean_difference;
  const at::Tensor of_a =
      mean_of_letter(sum_of_letter(0), pairs ? letters.a : 0);
  const at::Tensor of_b =
      mean_of_letter(sum_of_letter(1), pairs ? letters.b : 0);
  put(result, vector_result::kBalanced, (of_a + of_b) / 2);
  put(result, vector_result::kLetter, (of_a - of_b) / 2);
  put(result, vector_result::kLetterCounts, std::span(&letters, 1), {});
  put(result, vector_result::kMedianNorm, medians, {task.n_layers});
  put(result, vector_result::kPairs, std::span(&n, 1), {1});
  return output;
}

}  // namespace coxswain::jobs
