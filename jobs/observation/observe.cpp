#include "jobs/observation/observe.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <numeric>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/observation/norm_histogram.hpp"
#include "jobs/steering/clean_pass.hpp"

namespace coxswain::jobs {
namespace {

// The norms of all tokens of some texts, text after text, go to the layer's two
// histograms: of first tokens, and of the others.
void add_norms(const at::Tensor& residual,
               std::span<const ContrastTokens> texts, NormHistogram& of_first,
               NormHistogram& of_others) {
  const std::vector<double> norms = norms_of(residual);
  auto norm = norms.begin();
  assert(std::accumulate(texts.begin(), texts.end(), std::size_t{0},
                         [](std::size_t n, const ContrastTokens& text) {
                           return n + text.shared.size();
                         }) == norms.size());
  for (const ContrastTokens& text : texts) {
    assert(!text.shared.empty());
    of_first.add(*norm++);
    for (std::size_t i = 1; i < text.shared.size(); ++i) of_others.add(*norm++);
  }
}

}  // namespace

std::vector<double> norms_of(const at::Tensor& rows) {
  const at::Tensor norms = row_norms(rows).contiguous().cpu();
  const double* first = norms.data_ptr<double>();
  return {first, first + norms.numel()};
}

void for_each_pass(
    const std::vector<std::vector<std::int32_t>>& texts,
    const std::function<void(const std::vector<ContrastTokens>&)>& f) {
  std::vector<ContrastTokens> all;
  for (const std::vector<std::int32_t>& text : texts) {
    all.emplace_back().shared = text;
  }
  for (std::size_t first = 0; first < all.size();) {
    const std::size_t end = end_of_pass(all, first);
    f({all.begin() + static_cast<std::ptrdiff_t>(first),
       all.begin() + static_cast<std::ptrdiff_t>(end)});
    first = end;
  }
}

TaskOutput observe(const ObserveTask& task, const Transformer& model) {
  const std::int32_t last = *std::ranges::max_element(task.layers);
  std::vector<NormHistogram> histograms(2 * task.layers.size());
  for_each_pass(task.texts, [&](const std::vector<ContrastTokens>& texts) {
    const PackedPrompts prompts(texts, PackedPrompts::Siblings::none);
    const at::Tensor rows =
        prompts.rows_from(std::vector<std::int64_t>(texts.size(), 0));
    clean_pass(model, prompts, last, rows, [&](const BlockState& state) {
      for (std::size_t i = 0; i < task.layers.size(); ++i) {
        if (task.layers[i] != state.block) continue;
        add_norms(state.wanted(), texts, histograms[2 * i],
                  histograms[2 * i + 1]);
      }
    });
  });
  TaskOutput output;
  output.result = to_arrays(histograms);
  return output;
}

}  // namespace coxswain::jobs
