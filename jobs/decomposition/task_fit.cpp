#include "jobs/decomposition/task_fit.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// Activations of a behaviour that are tried, and codes of them, at most:
// constants of the version. Wide SAEs are tried on fewer.
constexpr std::int64_t kRows = 256;
constexpr std::int64_t kCodes = 1 << 24;
constexpr std::int64_t kFewest = 16;

}  // namespace

std::int64_t fit_pairs(std::int64_t d_sae) {
  assert(d_sae > 0);
  return std::clamp(kCodes / d_sae, kFewest, kRows) / 2;
}

TaskFit::TaskFit(const DecomposeTask& task, const PairsOf& pairs,
                 const SparseAutoencoder& sae, EncoderPass& pass)
    : sae_(sae), pass_(pass) {
  std::vector<at::Tensor> rows;
  const std::int64_t each = fit_pairs(sae.header.d_sae);
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

FitMeasured TaskFit::measure(const at::Tensor& sums) const {
  assert(tickets_.empty() ||
         sums.size(0) == std::ssize(tickets_) * rows_.size(0));
  FitMeasured measured{{},
                       at::zeros({sae_.header.d_in}, at::kDouble),
                       at::zeros({sae_.header.d_sae}, at::kBool)};
  if (tickets_.empty()) return measured;
  measured.mean = column_means(rows_);
  for (std::size_t side = 0; side < tickets_.size(); ++side) {
    const std::int64_t n = rows_.size(0);
    at::Tensor rebuilt = sums.narrow(0, static_cast<std::int64_t>(side) * n, n);
    if (sae_.adds_b_dec()) rebuilt = rebuilt + sae_.b_dec.to(at::kDouble);
    const NormalisedInput units = sae_.normalise(rows_);
    if (units.scale.defined()) rebuilt = rebuilt * units.scale;
    if (units.shift.defined()) rebuilt = rebuilt + units.shift;
    FitSum sum(measured.mean.unsqueeze(0), sae_.header.d_sae);
    sum.add(rows_, pass_.result(tickets_[side]), rebuilt);
    const SaeFitSums all = sum.sums();
    measured.sums.at(side) = {all.rows, all.wrong, all.spread, all.on,
                              all.norms};
    if (side == 0) measured.active = sum.active();
  }
  return measured;
}

void TaskFit::require(const DecomposeTask& task,
                      const FitMeasured& measured) const {
  if (tickets_.empty()) return;
  const auto explained = [](const decompose_result::FitSums& sums) {
    return 1 - sums.wrong / sums.spread;
  };
  const double best =
      std::max(explained(measured.sums[0]), explained(measured.sums[1]));
  if (best > task.sae.least_explained) return;
  throw JobError(
      {task.sae.path, "explained variance",
       fmt::format("{:.3f} on the activations{} at this layer, with b_dec "
                   "subtracted or not",
                   best, task.behaviour.empty() ? "" : " of " + task.behaviour),
       fmt::format("more than {}", task.sae.least_explained),
       "the SAE is of another model, layer or site; coxswain check says more, "
       "and fit = \"any\" in its [[sae]] takes it all the same"});
}

}  // namespace coxswain::jobs
