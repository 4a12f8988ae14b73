#pragma once

#include <cstdint>
#include <vector>

namespace coxswain::jobs {

// What a forward pass does between its matrix products, on a processor: each
// reads its rows once and writes them once, where tensor operations would pass
// over them once an operation. Plain pointers and no libtorch, so that the same
// source is compiled for several instruction sets; the caller splits rows among
// threads (a row's bits do not depend on how).
//
// The residual stream is float; `T` is what matrix products are made in: float
// or Bfloat16. Matrices are row-major without gaps.

struct Bfloat16 {
  std::uint16_t bits;
};

enum class GatedActivation { silu, gelu_tanh };

// One block's heads as a product gives them, and what becomes of them.
template <class T>
struct HeadSplit {
  std::int64_t heads, kv_heads, d_head, rotary_dims;
  float scale;                         // of queries
  float epsilon;                       // of the heads' norms
  const float *query_gain, *key_gain;  // [d_head]; null: no norm
  const float *cosine, *sine;          // [n, rotary_dims / 2]
  const T* all;                        // [n, heads + 2 kv_heads, d_head]
  float* queries;                      // [n, heads, d_head]
  T *keys, *values;                    // [n, kv_heads, d_head]
};

// Rows of keys and values that lie together.
template <class T>
struct KeySpan {
  const T *keys, *values;  // [n, kv_heads, d_head]
  std::int64_t n;
};

// Attention of some cells over the same spans of keys and, each, its own rows:
// see attention.hpp.
template <class T>
struct CellAttention {
  std::int64_t heads, kv_heads, d_head;
  std::int64_t window;  // 0: none
  float softcap;        // 0: none
  const KeySpan<T>* spans;
  std::int64_t n_spans;
  const float* queries;       // of all rows
  const T *keys, *values;     // of all rows
  const std::int64_t* cells;  // the first row of each
  std::int64_t rows;          // of a cell
  std::int64_t read_from;     // only rows of a cell from here on are computed
  T* out;                     // [n, heads, d_head], as the rows are numbered
};

// The same functions for float and Bfloat16.
template <class T>
struct KernelsOf {
  // x [n, d] over its root mean square, times gain [d] -> out
  void (*rms_norm)(const float* x, const float* gain, float epsilon,
                   std::int64_t n, std::int64_t d, T* out);
  // residual += part [n, d], which is normed first if there is a gain
  void (*add)(const T* part, const float* gain, float epsilon, std::int64_t n,
              std::int64_t d, float* residual);
  // activation(x[:, :d]) * x[:, d:], x [n, 2 d] -> out [n, d]
  void (*gate)(const T* x, GatedActivation activation, std::int64_t n,
               std::int64_t d, T* out);
  // Rows [begin, end).
  void (*split_heads)(const HeadSplit<T>& split, std::int64_t begin,
                      std::int64_t end);
  // Cells [begin, end) of one key head.
  void (*attend)(const CellAttention<T>& attention, std::int64_t kv_head,
                 std::int64_t begin, std::int64_t end);
};

struct Kernels {
  const char* name;  // of the instruction set
  KernelsOf<float> f32;
  KernelsOf<Bfloat16> bf16;
};

// Those that this processor runs, the best one first.
std::vector<const Kernels*> kernel_sets();
const Kernels& kernels();  // the best one

}  // namespace coxswain::jobs
