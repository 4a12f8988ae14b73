#pragma once

#include <algorithm>

#include "jobs/kernels/scratch.hpp"
#include "jobs/kernels/vector.hpp"

// Attention of cells over shared spans and their own rows.
namespace coxswain::jobs::COXSWAIN_KERNEL_SET {

constexpr std::int64_t kQueries = 8;        // taken together
constexpr std::int64_t kKeys = 2 * kLanes;  // scores at a time
// Sums that stay in registers: so many queries times sixteens of keys, or of
// columns of values. Sixteen floats are one register of AVX-512's 32, two of
// AVX2's 16, four of the baseline's 16. No sum's order depends on it.
#if defined(__AVX512F__)
constexpr std::int64_t kScoreQueries = 8, kScoreLanes = 2;
constexpr std::int64_t kValueQueries = 4, kValueLanes = 4;
#elif defined(__AVX2__)
constexpr std::int64_t kScoreQueries = 4, kScoreLanes = 1;
constexpr std::int64_t kValueQueries = 4, kValueLanes = 1;
#else
constexpr std::int64_t kScoreQueries = 2, kScoreLanes = 1;
constexpr std::int64_t kValueQueries = 2, kValueLanes = 1;
#endif
// Cells of more rows than this attend one by one: their own keys then lie
// beside the shared ones. Both ways compute the same bits: how much of what a
// row sees is shared, and with how many cells, is chance.
constexpr std::int64_t kFewRows = 8;
using Few __attribute__((vector_size(4 * kFewRows))) = float;

inline std::int64_t padded(std::int64_t n, std::int64_t to) {
  return (n + to - 1) / to * to;
}

// One key head's keys, turned so that keys lie side by side, and values.
class KeysAndValues {
 public:
  KeysAndValues(const CellAttention& a, std::int64_t kv_head, Scratch& scratch,
                std::int64_t most)
      : a_(a),
        kv_head_(kv_head),
        width_(padded(a.d_head, kLanes)),
        stride_(padded(most, kKeys)) {
    keys_ = scratch.of(a.d_head * stride_ + stride_ * width_);
    values_ = keys_ + a.d_head * stride_;
    std::fill(keys_, keys_ + a.d_head * stride_ + stride_ * width_, 0.0F);
  }

  void shared() {
    std::int64_t n = 0;
    for (std::int64_t i = 0; i < a_.n_spans; ++i) {
      put(a_.spans[i].keys, a_.spans[i].values, a_.spans[i].n, n);
      n += a_.spans[i].n;
    }
  }
  // `n` rows of the cells' own, as key `at` and on.
  void own(std::int64_t first, std::int64_t n, std::int64_t at) {
    const std::int64_t row = a_.kv_heads * a_.d_head;
    put(a_.keys + first * row, a_.values + first * row, n, at);
  }

  const float* keys() const { return keys_; }
  const float* values() const { return values_; }
  std::int64_t stride() const { return stride_; }
  std::int64_t width() const { return width_; }

 private:
  void put(const float* keys, const float* values, std::int64_t n,
           std::int64_t at) {
    const std::int64_t row = a_.kv_heads * a_.d_head;
    keys += kv_head_ * a_.d_head;
    values += kv_head_ * a_.d_head;
    for (std::int64_t i = 0; i < n; ++i, keys += row, values += row) {
      float* value = values_ + (at + i) * width_;
      by_lanes(a_.d_head, [&](std::int64_t j, const auto& part) {
        float lanes[kLanes];
        store(part.load(keys + j), lanes);
        const std::int64_t some = std::min(kLanes, a_.d_head - j);
        for (std::int64_t k = 0; k < some; ++k) {
          keys_[(j + k) * stride_ + at + i] = lanes[k];
        }
        part.store(part.load(values + j), value + j);
      });
    }
  }

  const CellAttention& a_;
  std::int64_t kv_head_, width_, stride_;
  float *keys_, *values_;
};

// scores [kScoreQueries, scores_stride] of as many queries over keys [0, n), to
// the next multiple of kKeys.
inline void score_some(const float* const* queries, const float* keys,
                       std::int64_t stride, std::int64_t d, std::int64_t n,
                       float* scores, std::int64_t scores_stride) {
  constexpr std::int64_t kTogether = kScoreLanes * kLanes;
  for (std::int64_t key = 0; key < padded(n, kKeys); key += kTogether) {
    Floats sums[kScoreQueries][kScoreLanes] = {};
    for (std::int64_t i = 0; i < d; ++i) {
      Floats some[kScoreLanes];
#pragma GCC unroll 2
      for (std::int64_t v = 0; v < kScoreLanes; ++v) {
        some[v] = load(keys + i * stride + key + v * kLanes);
      }
#pragma GCC unroll 8
      for (std::int64_t q = 0; q < kScoreQueries; ++q) {
        const float number = queries[q][i];
#pragma GCC unroll 2
        for (std::int64_t v = 0; v < kScoreLanes; ++v) {
          sums[q][v] += some[v] * number;
        }
      }
    }
#pragma GCC unroll 8
    for (std::int64_t q = 0; q < kScoreQueries; ++q) {
#pragma GCC unroll 2
      for (std::int64_t v = 0; v < kScoreLanes; ++v) {
        store(sums[q][v], scores + q * scores_stride + key + v * kLanes);
      }
    }
  }
}

// scores [kQueries, stride] of kQueries queries over keys [0, n).
inline void score(const float* const* queries, const float* keys,
                  std::int64_t stride, std::int64_t d, std::int64_t n,
                  float* scores, std::int64_t scores_stride) {
  for (std::int64_t q = 0; q < kQueries; q += kScoreQueries) {
    score_some(queries + q, keys, stride, d, n, scores + q * scores_stride,
               scores_stride);
  }
}

// Scores [kQueries, stride] over each query's own keys [d, kFewRows].
inline void score_own(const float* const* queries, const float* const* keys,
                      std::int64_t d, float* scores,
                      std::int64_t scores_stride) {
  Few sums[kQueries] = {};
  for (std::int64_t i = 0; i < d; ++i) {
#pragma GCC unroll 8
    for (std::int64_t q = 0; q < kQueries; ++q) {
      Few own;
      std::memcpy(&own, keys[q] + i * kFewRows, sizeof own);
      sums[q] += own * queries[q][i];
    }
  }
#pragma GCC unroll 8
  for (std::int64_t q = 0; q < kQueries; ++q) {
    std::memcpy(scores + q * scores_stride, &sums[q], sizeof sums[q]);
  }
}

// sums[q] += weights[q] [n] times values [n, width], V sixteens of columns from
// `values` on, kValueQueries queries.
template <std::int64_t V>
void weigh(const float* weights, std::int64_t weights_stride,
           const float* values, std::int64_t width, std::int64_t n,
           float* sums) {
  Floats all[kValueQueries][static_cast<std::size_t>(V)];
#pragma GCC unroll 4
  for (std::int64_t q = 0; q < kValueQueries; ++q) {
#pragma GCC unroll 4
    for (std::int64_t v = 0; v < V; ++v) {
      all[q][v] = load(sums + q * width + v * kLanes);
    }
  }
  for (std::int64_t key = 0; key < n; ++key) {
    Floats row[static_cast<std::size_t>(V)];
#pragma GCC unroll 4
    for (std::int64_t v = 0; v < V; ++v) {
      row[v] = load(values + key * width + v * kLanes);
    }
#pragma GCC unroll 4
    for (std::int64_t q = 0; q < kValueQueries; ++q) {
      const float weight = weights[q * weights_stride + key];
#pragma GCC unroll 4
      for (std::int64_t v = 0; v < V; ++v) all[q][v] += row[v] * weight;
    }
  }
#pragma GCC unroll 4
  for (std::int64_t q = 0; q < kValueQueries; ++q) {
#pragma GCC unroll 4
    for (std::int64_t v = 0; v < V; ++v) {
      store(all[q][v], sums + q * width + v * kLanes);
    }
  }
}

// All columns of kQueries queries.
inline void weigh_all(const float* weights, std::int64_t weights_stride,
                      const float* values, std::int64_t width, std::int64_t n,
                      float* sums) {
  constexpr std::int64_t kColumns = kValueLanes * kLanes;
  for (std::int64_t q = 0; q < kQueries; q += kValueQueries) {
    const float* w = weights + q * weights_stride;
    float* s = sums + q * width;
    std::int64_t column = 0;
    for (; column + kColumns <= width; column += kColumns) {
      weigh<kValueLanes>(w, weights_stride, values + column, width, n,
                         s + column);
    }
    for (; column < width; column += kLanes) {
      weigh<1>(w, weights_stride, values + column, width, n, s + column);
    }
  }
}

// Scores become weights, not yet over their sum, which is given back.
inline float soften(float* scores, std::int64_t n, float softcap) {
  Floats most = all(-HUGE_VALF);
  by_lanes(n, [&](std::int64_t i, const auto& part) {
    Floats x = part.load(scores + i);
    if (softcap > 0) {
      x = hyperbolic_tangent(x / softcap) * softcap;
      part.store(x, scores + i);
    }
    x = part.or_lowest(x);
    most = where(most > x, most, x);
  });
  const float top = largest(most);
  Floats total{};
  by_lanes(n, [&](std::int64_t i, const auto& part) {
    part.store(exponential(part.load(scores + i) - top), scores + i);
    total += part.load(scores + i);
  });
  return sum(total);
}

// One key head of a CellAttention: the queries of its group of heads over the
// shared keys and their own.
class Attention {
 public:
  Attention(const CellAttention& a, std::int64_t kv_head)
      : a_(a), kv_head_(kv_head), group_(a.heads / a.kv_heads) {
    for (std::int64_t i = 0; i < a.n_spans; ++i) shared_ += a.spans[i].n;
  }

  void run(std::int64_t begin, std::int64_t end) {
    thread_local Scratch keys, aside;
    const bool together = a_.rows <= kFewRows;
    const std::int64_t most = shared_ + (together ? 0 : a_.rows);
    KeysAndValues seen(a_, kv_head_, keys, most);
    stride_ = padded(shared_ + a_.rows, kKeys) + kKeys;
    const std::int64_t own =
        together ? (end - begin) * a_.d_head * kFewRows : 0;
    scores_ = aside.of(kQueries * (stride_ + seen.width()) + own);
    sums_ = scores_ + kQueries * stride_;
    own_keys_ = sums_ + kQueries * seen.width();
    seen.shared();
    if (together) {
      for (std::int64_t cell = begin; cell < end; ++cell) {
        put_own(cell, own_keys_ + (cell - begin) * a_.d_head * kFewRows);
      }
      return attend(seen, begin, end, shared_);
    }
    for (std::int64_t cell = begin; cell < end; ++cell) {
      seen.own(a_.cells[cell], a_.rows, shared_);
      attend(seen, cell, cell + 1, shared_ + a_.rows);
    }
  }

 private:
  // Which query: a cell, a row of it, and one of all heads.
  struct Query {
    std::int64_t cell, row, head;
  };

  Query query(std::int64_t begin, std::int64_t i) const {
    const std::int64_t rows = a_.rows - a_.read_from;
    return {begin + i / (rows * group_), a_.read_from + i / group_ % rows,
            kv_head_ * group_ + i % group_};
  }
  std::int64_t place(const Query& q) const {
    return ((a_.cells[q.cell] + q.row) * a_.heads + q.head) * a_.d_head;
  }

  // One cell's own keys, turned: [d_head, kFewRows].
  void put_own(std::int64_t cell, float* keys) const {
    std::fill(keys, keys + a_.d_head * kFewRows, 0.0F);
    for (std::int64_t row = 0; row < a_.rows; ++row) {
      const float* key = own(a_.keys, {cell, row, 0}, shared_ + row);
      for (std::int64_t i = 0; i < a_.d_head; ++i) {
        keys[i * kFewRows + row] = key[i];
      }
    }
  }

  // Keys [0, n_seen) are in `seen`; of more, each cell's own follow, which are
  // at own_keys_.
  void attend(const KeysAndValues& seen, std::int64_t begin, std::int64_t end,
              std::int64_t n_seen) {
    const std::int64_t n = (end - begin) * (a_.rows - a_.read_from) * group_;
    for (std::int64_t first = 0; first < n; first += kQueries) {
      Query block[kQueries];
      const float* queries[kQueries];
      std::int64_t last_row = 0;
      for (std::int64_t q = 0; q < kQueries; ++q) {
        block[q] = query(begin, std::min(first + q, n - 1));
        queries[q] = a_.queries + place(block[q]);
        last_row = std::max(last_row, block[q].row);
      }
      const std::int64_t keys = std::min(n_seen, shared_ + last_row + 1);
      score(queries, seen.keys(), seen.stride(), a_.d_head, keys, scores_,
            stride_);
      if (n_seen == shared_) {
        const float* own[kQueries];
        for (std::int64_t q = 0; q < kQueries; ++q) {
          own[q] = own_keys_ + (block[q].cell - begin) * a_.d_head * kFewRows;
        }
        score_own(queries, own, a_.d_head, scores_ + shared_, stride_);
      }
      float over[kQueries];
      for (std::int64_t q = 0; q < kQueries; ++q) {
        over[q] = weights(block[q], scores_ + q * stride_, keys);
      }
      std::fill(sums_, sums_ + kQueries * seen.width(), 0.0F);
      weigh_all(scores_, stride_, seen.values(), seen.width(), keys, sums_);
      for (std::int64_t q = 0; q < std::min(kQueries, n - first); ++q) {
        write(block[q], n_seen, scores_ + q * stride_, sums_ + q * seen.width(),
              1 / over[q]);
      }
    }
  }

  // Makes one query's scores its weights, and returns their sum; hidden keys
  // get 0.
  float weights(const Query& q, float* scores, std::int64_t keys) const {
    const std::int64_t visible = shared_ + q.row + 1;
    const std::int64_t from =
        a_.window > 0
            ? std::max<std::int64_t>(0, shared_ + q.row - a_.window + 1)
            : 0;
    std::fill(scores, scores + from, 0.0F);
    if (visible < keys) std::fill(scores + visible, scores + keys, 0.0F);
    return soften(scores + from, visible - from, a_.softcap);
  }

  void write(const Query& q, std::int64_t n_seen, const float* weights,
             const float* sums, float scale) const {
    float* out = a_.out + place(q);
    const std::int64_t visible = shared_ + q.row + 1;
    by_lanes(a_.d_head, [&](std::int64_t i, const auto& part) {
      Floats x = load(sums + i);
      for (std::int64_t key = n_seen; key < visible; ++key) {
        x += weights[key] * part.load(own(a_.values, q, key) + i);
      }
      part.store(x * scale, out + i);
    });
  }

  const float* own(const float* rows, const Query& q, std::int64_t key) const {
    return rows +
           ((a_.cells[q.cell] + key - shared_) * a_.kv_heads + kv_head_) *
               a_.d_head;
  }

  const CellAttention& a_;
  std::int64_t kv_head_, group_;
  std::int64_t shared_ = 0;  // keys of the spans
  std::int64_t stride_ = 0;  // of scores_
  float *scores_ = nullptr, *sums_ = nullptr;
  float* own_keys_ =
      nullptr;  // of cells of few rows, [cells, d_head, kFewRows]
};

inline void attend(const CellAttention& attention, std::int64_t kv_head,
                   std::int64_t begin, std::int64_t end) {
  Attention(attention, kv_head).run(begin, end);
}

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET
