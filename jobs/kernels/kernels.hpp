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
  // activation(x [n, d]) -> out [n, d]
  void (*activate)(const float* x, GatedActivation activation, std::int64_t n,
                   std::int64_t d, T* out);
  // Rows [begin, end).
  void (*split_heads)(const HeadSplit<T>& split, std::int64_t begin,
                      std::int64_t end);
};

// What numbers of T are multiplied and summed in.
template <class T>
struct SumOf {
  using Type = float;
};
template <>
struct SumOf<double> {
  using Type = double;
};
template <class T>
using Sum = typename SumOf<T>::Type;

// Outputs of a panel: as many sums as a cache line holds.
template <class T>
constexpr std::int64_t kPanel = 64 / sizeof(Sum<T>);
// Outputs that are computed together, to multiples of which packed matrices are
// filled up.
template <class T>
constexpr std::int64_t kOutputsTogether = 2 * kPanel<T>;

// What matrices are multiplied with; owned by the caller.
template <class T>
struct Rows {
  const T* numbers;  // [n, d_in], `stride` numbers from row to row
  std::int64_t n, stride;
};

// A matrix [d_out, d_in] in the layout of a set's products: a line of
// kPanel<T> outputs together, column by column (or by pairs of columns).
template <class T>
struct PackedMatrix {
  const T* panels;
  std::int64_t d_out, d_in;
  const Sum<T>* bias;  // [d_out]; null: none
};

// A matrix [d_out, d_in] as it happens to lie.
template <class T>
struct StridedMatrix {
  const T* numbers;
  std::int64_t d_out, d_in, out_stride, in_stride;
};

// Terms of a sum are added up in blocks of about the same size, which are as
// few as this allows, then the blocks' sums: the order is the same in every
// set.
constexpr std::int64_t kTermsOfBlock = 320;
constexpr std::int64_t term_blocks(std::int64_t terms) {
  return terms == 0 ? 1 : (terms + kTermsOfBlock - 1) / kTermsOfBlock;
}
// Where a block begins, one of as many.
constexpr std::int64_t first_term(std::int64_t terms, std::int64_t block) {
  return terms * block / term_blocks(terms);
}

// Products of rows with a matrix: each sum's bits depend on its row, its
// output's numbers and the set alone, not on the rows and outputs beside it,
// nor on whether the matrix was packed. What is done with sums is done before
// they are rounded. Outputs [begin, end) of each row, where begin is a multiple
// of kOutputsTogether.
template <class T>
struct Products {
  std::int64_t columns_together;  // d_in is a multiple: 1, or 2
  // matrix [d_out, d_in] -> panels, which have room for d_out filled up
  void (*pack)(const T* matrix, std::int64_t d_out, std::int64_t d_in,
               T* panels);
  // panels -> matrix
  void (*unpack)(const T* panels, std::int64_t d_out, std::int64_t d_in,
                 T* matrix);
  // -> out [n, d_out]
  void (*product)(const Rows<T>& x, const PackedMatrix<T>& matrix,
                  std::int64_t begin, std::int64_t end, Sum<T>* out);
  // residual [n, d_out] += product
  void (*add_product)(const Rows<T>& x, const PackedMatrix<T>& matrix,
                      std::int64_t begin, std::int64_t end, Sum<T>* residual);
  // activation(product[:, :d]) * product[:, d:] -> out [n, d], where
  // d = d_out / 2 is a multiple of kOutputsTogether; outputs are out's. Null
  // for double.
  void (*gated_product)(const Rows<T>& x, const PackedMatrix<T>& matrix,
                        GatedActivation activation, std::int64_t begin,
                        std::int64_t end, T* out);
  // -> out, `stride` numbers from row to row, or added to it
  void (*strided_product)(const Rows<T>& x, const StridedMatrix<T>& matrix,
                          std::int64_t begin, std::int64_t end, Sum<T>* out,
                          std::int64_t stride, bool add);
};

// A product that goes on: x and the matrix have more terms, at most
// kTermsOfBlock, of a block of the sums that `out` has the beginning of; it has
// `stride` numbers from row to row. In how many parts a block comes makes no
// difference to its sums.
template <class T>
using ContinuedProduct = void (*)(const Rows<T>& x,
                                  const StridedMatrix<T>& matrix,
                                  std::int64_t begin, std::int64_t end, T* out,
                                  std::int64_t stride);

// All kernels, compiled for one instruction set; one constant object each.
struct Kernels {
  const char* name;  // of the instruction set
  KernelsOf<float> f32;
  KernelsOf<Bfloat16> bf16;
  // most tanh(x / most) -> x [n, d]
  void (*cap)(float* x, float most, std::int64_t n, std::int64_t d);
  // log(sum(exp(x [n, d]))) -> out [n]
  void (*log_sum_exp)(const float* x, std::int64_t n, std::int64_t d,
                      float* out);
  // Cells [begin, end) of one key head.
  void (*attend)(const CellAttention& attention, std::int64_t kv_head,
                 std::int64_t begin, std::int64_t end);
  Products<float> f32_products;
  Products<double> f64_products;
  // Of widened numbers, or by instructions of the processor's own, which round
  // otherwise.
  Products<Bfloat16> bf16_products;
  ContinuedProduct<float> f32_continued;
  ContinuedProduct<double> f64_continued;
};

// The kernel sets that this processor runs, the best one first.
std::vector<const Kernels*> kernel_sets();
const Kernels& kernels();  // the best one

}  // namespace coxswain::jobs
