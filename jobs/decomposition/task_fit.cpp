#include "jobs/decomposition/task_fit.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// Activations that are tried, and codes of them, at most: constants of the
// version. Wide SAEs are tried on fewer.
constexpr std::int64_t kRows = 256;
constexpr std::int64_t kCodes = 1 << 24;
constexpr std::int64_t kFewest = 16;

}  // namespace

std::int64_t fit_pairs(std::int64_t d_sae, std::int64_t n_behaviours) {
  assert(d_sae > 0);
  const std::int64_t all = std::clamp(kCodes / d_sae, kFewest, kRows);
  return std::max<std::int64_t>(
      1, all / 2 / std::max<std::int64_t>(1, n_behaviours));
}

TaskFit::TaskFit(const DecomposeTask& task, const PairsOf& pairs,
                 const SparseAutoencoder& sae, EncoderPass& pass)
    : sae_(sae), pass_(pass) {
  std::vector<at::Tensor> rows;
  const std::int64_t each =
      fit_pairs(sae.header.d_sae, std::ssize(task.n_extracts));
  for (std::size_t b = 0; b < task.n_extracts.size(); ++b) {
    if (task.n_extracts[b] == 0) continue;
    const PairActivations& of = pairs(static_cast<std::int32_t>(b));
    const std::int64_t n = std::min(of.positive.size(0), each);
    rows.push_back(of.positive.narrow(0, 0, n));
    rows.push_back(of.negative.narrow(0, 0, n));
  }
  if (rows.empty()) return;
  rows_ = at::cat(rows);
  for (const bool subtract :
       {sae.header.b_dec_input, !sae.header.b_dec_input}) {
    tickets_.push_back(pass.encode(rows_, subtract));
  }
}

SparseCodes TaskFit::codes() const {
  SparseCodes all;
  for (const auto ticket : tickets_) all.append(pass_.result(ticket));
  return all;
}

decompose_result::Fit TaskFit::measure(const at::Tensor& sums) const {
  assert(tickets_.empty() ||
         sums.size(0) == std::ssize(tickets_) * rows_.size(0));
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr decompose_result::ConventionFit kNone{kNaN, kNaN, kNaN, kNaN};
  decompose_result::Fit measured{kNone, kNone};
  for (std::size_t side = 0; side < tickets_.size(); ++side) {
    const std::int64_t n = rows_.size(0);
    at::Tensor rebuilt = sums.narrow(0, static_cast<std::int64_t>(side) * n, n);
    if (sae_.adds_b_dec()) rebuilt = rebuilt + sae_.b_dec.to(at::kDouble);
    const NormalisedInput units = sae_.normalise(rows_);
    if (units.scale.defined()) rebuilt = rebuilt * units.scale;
    if (units.shift.defined()) rebuilt = rebuilt + units.shift;
    FitSum sum(column_means(rows_).unsqueeze(0), sae_.header.d_sae);
    sum.add(rows_, pass_.result(tickets_[side]), rebuilt);
    const SaeFit fit = sum.fit();
    (side == 0 ? measured.own : measured.other) = {
        fit.explained_variance, fit.l0, fit.dead_share, fit.mean_norm};
  }
  return measured;
}

void TaskFit::require(const SaeSource& source,
                      const decompose_result::Fit& measured) const {
  if (tickets_.empty()) return;
  const double best = std::max(measured.own.explained_variance,
                               measured.other.explained_variance);
  if (best > source.least_explained) return;
  throw JobError(
      {source.path, "explained variance",
       fmt::format("{:.3f} on the activations of this layer, with b_dec "
                   "subtracted or not",
                   best),
       fmt::format("more than {}", source.least_explained),
       "the SAE is of another model, layer or site; coxswain check says more, "
       "and fit = \"any\" in its [[sae]] takes it all the same"});
}

}  // namespace coxswain::jobs
