#include "jobs/model/plain_attention.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "jobs/model/kernel_call.hpp"

namespace coxswain::jobs {
namespace {

// Sums that are made side by side, for the processor's sake.
constexpr std::int64_t kSums = 8;

double dot(const double* a, const double* b, std::int64_t n) {
  double sums[kSums] = {};
  for (std::int64_t i = 0; i < n; ++i) sums[i % kSums] += a[i] * b[i];
  double sum = 0;
  for (const double one : sums) sum += one;
  return sum;
}

// One cell of one group: all its queries.
class CellQueries {
 public:
  CellQueries(const Projections& own, const KeyRows& seen,
              const AttentionGroup& group, const AttentionRule& rule,
              const at::Tensor& out)
      : own_(own),
        group_(group),
        rule_(rule),
        out_(numbers<double>(out)),
        kv_heads_(own.keys.size(1)),
        d_(own.keys.size(2)) {
    for (const RowRange& range : group.seen) {
      for (std::int64_t i = 0; i < range.n; ++i) {
        add(seen.keys, seen.values, range.first + i);
      }
    }
    shared_ = std::ssize(keys_);
  }

  void run(std::int64_t cell) {
    keys_.resize(static_cast<std::size_t>(shared_));
    values_.resize(static_cast<std::size_t>(shared_));
    for (std::int64_t row = 0; row < group_.rows; ++row) {
      add(own_.keys, own_.values, cell + row);
      if (row < group_.read_from) continue;
      for (std::int64_t head = 0; head < own_.queries.size(1); ++head) {
        attend(cell + row, head);
      }
    }
  }

 private:
  void add(const at::Tensor& keys, const at::Tensor& values, std::int64_t row) {
    keys_.push_back(numbers<double>(keys) + row * kv_heads_ * d_);
    values_.push_back(numbers<double>(values) + row * kv_heads_ * d_);
  }

  // One head of a query over all keys so far, of which the last is its own.
  void attend(std::int64_t row, std::int64_t head) {
    const std::int64_t heads = own_.queries.size(1);
    const std::int64_t of_head = head / (heads / kv_heads_) * d_;
    const std::int64_t n = std::ssize(keys_);
    const std::int64_t from =
        rule_.window > 0 ? std::max<std::int64_t>(0, n - rule_.window) : 0;
    const std::int64_t place = (row * heads + head) * d_;
    const double* query = numbers<double>(own_.queries) + place;
    weights_.clear();
    for (std::int64_t key = from; key < n; ++key) {
      double score =
          dot(query, keys_[static_cast<std::size_t>(key)] + of_head, d_);
      if (rule_.softcap > 0) {
        score = std::tanh(score / rule_.softcap) * rule_.softcap;
      }
      weights_.push_back(score);
    }
    const double most = *std::ranges::max_element(weights_);
    double total = 0;
    for (double& weight : weights_) {
      weight = std::exp(weight - most);
      total += weight;
    }
    double* out = out_ + place;
    std::fill(out, out + d_, 0.0);
    for (std::int64_t key = from; key < n; ++key) {
      const double share =
          weights_[static_cast<std::size_t>(key - from)] / total;
      const double* value = values_[static_cast<std::size_t>(key)] + of_head;
      for (std::int64_t i = 0; i < d_; ++i) out[i] += share * value[i];
    }
  }

  const Projections& own_;
  const AttentionGroup& group_;
  const AttentionRule& rule_;
  double* out_;
  std::int64_t kv_heads_, d_, shared_ = 0;
  std::vector<const double*> keys_, values_;  // of all heads, by position
  std::vector<double> weights_;
};

}  // namespace

at::Tensor attend_plainly(const Projections& own, const KeyRows& seen,
                          const std::vector<AttentionGroup>& groups,
                          const AttentionRule& rule) {
  assert(own.keys.scalar_type() == at::kDouble && own.keys.is_cpu());
  const at::Tensor out = at::empty(
      {own.queries.size(0), own.queries.size(1) * own.queries.size(2)},
      own.keys.options());
  for (const AttentionGroup& group : groups) {
    at::parallel_for(
        0, std::ssize(group.cells), 1,
        [&](std::int64_t begin, std::int64_t end) {
          CellQueries queries(own, seen, group, rule, out);
          for (std::int64_t cell = begin; cell < end; ++cell) {
            queries.run(group.cells[static_cast<std::size_t>(cell)]);
          }
        });
  }
  return out;
}

}  // namespace coxswain::jobs
