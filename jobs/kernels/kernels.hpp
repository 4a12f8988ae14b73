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
// The residual stream, queries, keys and values are float; `T` is what matrix
// products read, and give where they are the library's: float or Bfloat16.
// Matrices are row-major without gaps.

// The upper half of a float32, as bits.
struct Bfloat16 {
  std::uint16_t bits;
};

// What a gate goes through before it is multiplied: x sigmoid(x), or GELU by
// tanh.
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
  float *keys, *values;                // [n, kv_heads, d_head]
};

// Rows of keys and values that lie together.
struct KeySpan {
  const float *keys, *values;  // [n, kv_heads, d_head]
  std::int64_t n;
};

// Attention of some cells over the same spans of keys and, each, its own rows:
// see jobs/model/attention_groups.hpp.
struct CellAttention {
  std::int64_t heads, kv_heads, d_head;
  std::int64_t window;  // 0: none
  float softcap;        // 0: none
  const KeySpan* spans;
  std::int64_t n_spans;
  const float* queries;        // of all rows
  const float *keys, *values;  // of all rows
  const std::int64_t* cells;   // the first row of each
  std::int64_t rows;           // of a cell
  std::int64_t read_from;      // only rows of a cell from here on are computed
  float* out;                  // [n, heads, d_head], as the rows are numbered
};

// Kernels over rows for one kind of products, float or Bfloat16.
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
};

// Rows of a matrix that lie together when it is packed.
constexpr std::int64_t kPackedRows = 32;

// A matrix [d_out, d_in] in panels of kPackedRows of its rows (the last one
// filled up with zeros): by pairs of columns, each pair of all rows together.
// d_in is even.
struct PackedMatrix {
  const Bfloat16* panels;  // [ceil(d_out / 32), d_in / 2, 32, 2]
  std::int64_t d_out, d_in;
  const float* bias;  // [d_out]; null: none
};

// What a packed matrix is multiplied with; owned by the caller.
struct Rows {
  const Bfloat16* numbers;  // [n, d_in]
  std::int64_t n;
};

// Products of bfloat16 numbers that are summed in float, where the processor
// has instructions for them: what is done with the sums is done before they are
// rounded. Outputs [begin, end) of each row, where begin is a multiple of
// kPackedRows; their bits do not depend on the rows and outputs beside them.
struct Products {
  // matrix [d_out, d_in] -> panels, as PackedMatrix has them
  void (*pack)(const Bfloat16* matrix, std::int64_t d_out, std::int64_t d_in,
               Bfloat16* panels);
  // -> out [n, d_out]
  void (*product)(const Rows& x, const PackedMatrix& matrix, std::int64_t begin,
                  std::int64_t end, float* out);
  // residual [n, d_out] += product
  void (*add_product)(const Rows& x, const PackedMatrix& matrix,
                      std::int64_t begin, std::int64_t end, float* residual);
  // activation(product[:, :d]) * product[:, d:] -> out [n, d], where
  // d = d_out / 2 is a multiple of kPackedRows; outputs are out's
  void (*gated_product)(const Rows& x, const PackedMatrix& matrix,
                        GatedActivation activation, std::int64_t begin,
                        std::int64_t end, Bfloat16* out);
};

// All kernels, compiled for one instruction set; one constant object each.
struct Kernels {
  const char* name;  // of the instruction set
  KernelsOf<float> f32;
  KernelsOf<Bfloat16> bf16;
  // Cells [begin, end) of one key head.
  void (*attend)(const CellAttention& attention, std::int64_t kv_head,
                 std::int64_t begin, std::int64_t end);
  const Products* products;  // null: the library's are as good
};

// The kernel sets that this processor runs, the best one first.
std::vector<const Kernels*> kernel_sets();
const Kernels& kernels();  // the best one

}  // namespace coxswain::jobs
