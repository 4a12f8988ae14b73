#pragma once

#include <type_traits>

#include "jobs/kernels/row_kernels.hpp"
#include "jobs/kernels/scratch.hpp"

// Products of rows of float, double, or bfloat16 that is widened to float, with
// matrices in panels: see kernels.hpp. Every sum is made in one order, which
// the matrix's columns alone decide: they are cut into blocks of about the same
// size, the products of a block are added one by one from zero on, and the
// blocks' sums are added one by one. What is computed together with a sum (the
// rest of a tile of registers, a block of rows) has no part in it.
namespace coxswain::jobs::COXSWAIN_KERNEL_SET {

// What registers hold: a tile's sums, the numbers of a panel that they are
// added to next, and one number of x in all lanes.
#if defined(__AVX512F__)
constexpr std::int64_t kTileRows = 14, kTilePanels = 2;
#elif defined(__AVX2__)
constexpr std::int64_t kTileRows = 6, kTilePanels = 1;
#else
constexpr std::int64_t kTileRows = 2, kTilePanels = 1;
#endif
// Columns of a block, at most: a panel's part then stays in the first-level
// cache while rows pass.
constexpr std::int64_t kMostColumns = kTermsOfBlock;
// Rows that pass over a pair of panels together, about: their part of a block
// of columns stays in the second-level cache.
constexpr std::int64_t kRowsTogether = 192 / kTileRows * kTileRows;
// The same where panels are made on the way, which costs as much as some rows.
constexpr std::int64_t kRowsOverMadePanels = 384 / kTileRows * kTileRows;

// As many numbers as a register holds.
template <class T>
struct VectorOf {
  using Type __attribute__((vector_size(kVectorBytes))) = T;
};
template <class T>
using Vector = typename VectorOf<T>::Type;
template <class T>
constexpr std::int64_t kNumbers = kVectorBytes / sizeof(T);

template <class T>
Vector<T> load_vector(const T* from) {
  Vector<T> x;
  std::memcpy(&x, from, sizeof x);
  return x;
}

inline float widened(float x) { return x; }
inline double widened(double x) { return x; }
inline float widened(Bfloat16 x) {
  return std::bit_cast<float>(std::uint32_t{x.bits} << 16);
}

// What becomes of sums that are there when a tile is computed.
enum class Before {
  nothing,  // there are none
  added,    // they are added once the tile's are whole
  go_on,    // the tile's begin with them
};

// sums [kRows, 2 kPanel] of kRows rows of x times kPanels panels, over some
// columns, at which both begin. No loop but the one
// over columns is left when it is compiled, so that sums stay in registers.
template <class T, std::int64_t kRows, std::int64_t kPanels>
void add_tile(const T* x, std::int64_t x_stride, const T* const* panels,
              std::int64_t columns, Before before, T* sums) {
  constexpr std::int64_t kOfPanel = kPanel<T> / kNumbers<T>;
  constexpr std::int64_t kVectors = kPanels * kOfPanel;
  Vector<T> sum[std::size_t{kRows}][std::size_t{kVectors}] = {};
  if (before == Before::go_on) {
#pragma GCC unroll 16
    for (std::int64_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 8
      for (std::int64_t v = 0; v < kVectors; ++v) {
        sum[row][v] = load_vector(sums + row * 2 * kPanel<T> + v * kNumbers<T>);
      }
    }
  }
  for (std::int64_t column = 0; column < columns; ++column) {
    Vector<T> numbers[std::size_t{kVectors}];
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < kVectors; ++v) {
      numbers[v] = load_vector(panels[v / kOfPanel] + column * kPanel<T> +
                               v % kOfPanel * kNumbers<T>);
    }
#pragma GCC unroll 16
    for (std::int64_t row = 0; row < kRows; ++row) {
      const T one = x[row * x_stride + column];
#pragma GCC unroll 8
      for (std::int64_t v = 0; v < kVectors; ++v) {
        sum[row][v] += numbers[v] * one;
      }
    }
  }
#pragma GCC unroll 16
  for (std::int64_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < kVectors; ++v) {
      T* to = sums + row * 2 * kPanel<T> + v * kNumbers<T>;
      if (before == Before::added) sum[row][v] += load_vector(to);
      std::memcpy(to, &sum[row][v], sizeof sum[row][v]);
    }
  }
}

// add_tile() for 1 to kTileRows rows, a number known only now.
template <class T, std::int64_t kPanels, std::int64_t kRows = kTileRows>
void add_some_rows(std::int64_t rows, const T* x, std::int64_t x_stride,
                   const T* const* panels, std::int64_t columns, Before before,
                   T* sums) {
  if constexpr (kRows > 1) {
    if (rows < kRows) {
      return add_some_rows<T, kPanels, kRows - 1>(rows, x, x_stride, panels,
                                                  columns, before, sums);
    }
  }
  add_tile<T, kRows, kPanels>(x, x_stride, panels, columns, before, sums);
}

// One or two panels' part of a block of columns.
template <class T>
struct PanelPair {
  const T* panels[2];
  std::int64_t n;  // 1 or 2
};

template <class T>
void add_pair(std::int64_t rows, const T* x, std::int64_t x_stride,
              const PanelPair<T>& pair, std::int64_t columns, Before before,
              T* sums) {
  if (kTilePanels == 2 && pair.n == 2) {
    return add_some_rows<T, kTilePanels>(rows, x, x_stride, pair.panels,
                                         columns, before, sums);
  }
  for (std::int64_t i = 0; i < pair.n; ++i) {
    add_some_rows<T, 1>(rows, x, x_stride, pair.panels + i, columns, before,
                        sums + i * kPanel<T>);
  }
}

// Rows as they are multiplied: where they lie, or widened into `to` [n, d_in].
template <class T>
Rows<Sum<T>> wide_rows_of(const Rows<T>& x, std::int64_t d_in,
                          ScratchOf<Sum<T>>& to) {
  if constexpr (std::is_same_v<T, Sum<T>>) {
    return x;
  } else {
    Sum<T>* out = to.of(x.n * d_in);
    for (std::int64_t row = 0; row < x.n; ++row) {
      for (std::int64_t i = 0; i < d_in; ++i) {
        out[row * d_in + i] = widened(x.numbers[row * x.stride + i]);
      }
    }
    return {out, x.n, d_in};
  }
}

// Panels of a packed matrix, which lie as they are read; those of bfloat16 are
// widened aside.
template <class T>
class PackedPanels {
 public:
  static constexpr std::int64_t kRowsAtOnce = kRowsTogether;

  explicit PackedPanels(const PackedMatrix<T>& matrix) : matrix_(matrix) {}

  std::int64_t d_in() const { return matrix_.d_in; }
  // The panel whose first output is `first`, from a column on.
  const Sum<T>* at(std::int64_t first, std::int64_t column,
                   std::int64_t columns, Sum<T>* aside) const {
    const T* panel = matrix_.panels + first * matrix_.d_in + column * kPanel<T>;
    if constexpr (std::is_same_v<T, Sum<T>>) {
      return panel;
    } else {
      for (std::int64_t i = 0; i < columns * kPanel<T>; ++i) {
        aside[i] = widened(panel[i]);
      }
      return aside;
    }
  }

 private:
  const PackedMatrix<T>& matrix_;
};

// Puts rows of a matrix into a panel, column by column, and zeros where it has
// no row.
template <class T>
void put_panel(const T* rows, std::int64_t n, std::int64_t row_stride,
               std::int64_t column_stride, std::int64_t columns,
               Sum<T>* panel) {
  constexpr std::int64_t kWidth = kPanel<T>;
  for (std::int64_t column = 0; column < columns; ++column) {
    const T* from = rows + column * column_stride;
    Sum<T>* to = panel + column * kWidth;
    if (n == kWidth) {
      for (std::int64_t i = 0; i < kWidth; ++i) {
        to[i] = widened(from[i * row_stride]);
      }
    } else {
      for (std::int64_t i = 0; i < kWidth; ++i) {
        to[i] = i < n ? widened(from[i * row_stride]) : Sum<T>{};
      }
    }
  }
}

// Panels of a matrix that is not packed: made aside, block by block.
template <class T>
class MadePanels {
 public:
  static constexpr std::int64_t kRowsAtOnce = kRowsOverMadePanels;

  explicit MadePanels(const StridedMatrix<T>& matrix) : matrix_(matrix) {}

  std::int64_t d_in() const { return matrix_.d_in; }
  const Sum<T>* at(std::int64_t first, std::int64_t column,
                   std::int64_t columns, Sum<T>* aside) const {
    const std::int64_t left = matrix_.d_out - first;
    const std::int64_t n = left < kPanel<T> ? left : kPanel<T>;
    const T* rows = matrix_.numbers + first * matrix_.out_stride +
                    column * matrix_.in_stride;
    // Each with a stride that the compiler knows.
    if (matrix_.out_stride == 1) {
      put_panel(rows, n, 1, matrix_.in_stride, columns, aside);
    } else if (matrix_.in_stride == 1) {
      put_panel(rows, n, matrix_.out_stride, 1, columns, aside);
    } else {
      put_panel(rows, n, matrix_.out_stride, matrix_.in_stride, columns, aside);
    }
    return aside;
  }

 private:
  const StridedMatrix<T>& matrix_;
};

// The panels that are multiplied together, by their first outputs.
struct Firsts {
  std::int64_t first[2];
  std::int64_t n;  // 1 or 2
};

// Some rows of x times one or two panels: sums [n, 2 kPanel].
template <class Panels, class W>
void multiply_pair(const Rows<W>& x, const Panels& panels, const Firsts& firsts,
                   W* aside, W* sums) {
  constexpr std::int64_t kWidth = 2 * kPanel<W>;
  const std::int64_t d_in = panels.d_in();
  for (std::int64_t block = 0; block < term_blocks(d_in); ++block) {
    const std::int64_t begin = first_term(d_in, block);
    const std::int64_t columns = first_term(d_in, block + 1) - begin;
    PanelPair<W> pair{{nullptr, nullptr}, firsts.n};
    for (std::int64_t i = 0; i < firsts.n; ++i) {
      pair.panels[i] = panels.at(firsts.first[i], begin, columns,
                                 aside + i * kMostColumns * kPanel<W>);
    }
    for (std::int64_t row = 0; row < x.n; row += kTileRows) {
      const std::int64_t rows = x.n - row < kTileRows ? x.n - row : kTileRows;
      add_pair(rows, x.numbers + row * x.stride + begin, x.stride, pair,
               columns, block > 0 ? Before::added : Before::nothing,
               sums + row * kWidth);
    }
  }
}

// All rows of x times panels: finish(row, first output, n, sums) for pairs of
// panels, of which pair(i) says the first outputs, i in [begin, end).
template <class T, class Panels, class Pair, class Finish>
void multiply(const Rows<T>& x, const Panels& panels, std::int64_t begin,
              std::int64_t end, const Pair& pair, const Finish& finish) {
  using W = Sum<T>;
  constexpr std::int64_t kWidth = 2 * kPanel<W>;
  constexpr std::int64_t kRows = Panels::kRowsAtOnce;
  thread_local ScratchOf<W> wide_rows;
  alignas(64) W sums[std::size_t{kRows * kWidth}];
  alignas(64) W aside[std::size_t{2 * kMostColumns * kPanel<W>}];
  for (std::int64_t first = 0; first < x.n; first += kRows) {
    const std::int64_t n = x.n - first < kRows ? x.n - first : kRows;
    const Rows<W> rows =
        wide_rows_of(Rows<T>{x.numbers + first * x.stride, n, x.stride},
                     panels.d_in(), wide_rows);
    for (std::int64_t i = begin; i < end; ++i) {
      multiply_pair(rows, panels, pair(i), aside, sums);
      for (std::int64_t row = 0; row < n; ++row) {
        finish(first + row, i, sums + row * kWidth);
      }
    }
  }
}

// Pairs of neighbours among the panels of d_out outputs.
template <class W>
auto neighbours(std::int64_t d_out) {
  return [d_out](std::int64_t i) {
    const std::int64_t first = 2 * i * kPanel<W>;
    return Firsts{{first, first + kPanel<W>},
                  first + kPanel<W> < d_out ? 2 : 1};
  };
}

// use(where an output belongs, its sum with its bias) for outputs [begin, end)
// of each row, out [n, stride].
template <class T, class Panels, class Use>
void for_outputs(const Rows<T>& x, const Panels& panels, std::int64_t d_out,
                 const Sum<T>* bias, std::int64_t begin, std::int64_t end,
                 Sum<T>* out, std::int64_t stride, const Use& use) {
  using W = Sum<T>;
  constexpr std::int64_t kWidth = 2 * kPanel<W>;
  multiply(x, panels, begin / kWidth, (end + kWidth - 1) / kWidth,
           neighbours<W>(d_out),
           [&](std::int64_t row, std::int64_t pair, W* sums) {
             const std::int64_t first = pair * kWidth;
             W* to = out + row * stride + first;
             const std::int64_t n = end - first < kWidth ? end - first : kWidth;
             if (bias != nullptr) {
               for (std::int64_t i = 0; i < n; ++i) sums[i] += bias[first + i];
             }
             if (n == kWidth) {  // a number of turns that the compiler knows
               for (std::int64_t i = 0; i < kWidth; ++i) use(to[i], sums[i]);
             } else {
               for (std::int64_t i = 0; i < n; ++i) use(to[i], sums[i]);
             }
           });
}

inline constexpr auto kPut = [](auto& to, auto sum) { to = sum; };
inline constexpr auto kAdd = [](auto& to, auto sum) { to += sum; };

template <class T>
void product(const Rows<T>& x, const PackedMatrix<T>& matrix,
             std::int64_t begin, std::int64_t end, Sum<T>* out) {
  for_outputs(x, PackedPanels<T>(matrix), matrix.d_out, matrix.bias, begin, end,
              out, matrix.d_out, kPut);
}

template <class T>
void add_product(const Rows<T>& x, const PackedMatrix<T>& matrix,
                 std::int64_t begin, std::int64_t end, Sum<T>* residual) {
  for_outputs(x, PackedPanels<T>(matrix), matrix.d_out, matrix.bias, begin, end,
              residual, matrix.d_out, kAdd);
}

// A panel of the gates and the panel of what they let through, side by side.
template <class T>
void gated_product(const Rows<T>& x, const PackedMatrix<T>& matrix,
                   GatedActivation activation, std::int64_t begin,
                   std::int64_t end, T* out) {
  constexpr std::int64_t kWidth = kPanel<float>;
  static_assert(kWidth == kLanes);
  const std::int64_t d = matrix.d_out / 2;
  const auto pair = [d](std::int64_t i) {
    return Firsts{{i * kWidth, d + i * kWidth}, 2};
  };
  multiply(x, PackedPanels<T>(matrix), begin / kWidth,
           (end + kWidth - 1) / kWidth, pair,
           [&](std::int64_t row, std::int64_t i, const float* sums) {
             const std::int64_t first = i * kWidth;
             Floats gate = load(sums), value = load(sums + kWidth);
             if (matrix.bias != nullptr) {
               gate += load(matrix.bias + first);
               value += load(matrix.bias + d + first);
             }
             store(activated(gate, activation) * value, out + row * d + first);
           });
}

template <class T>
void strided_product(const Rows<T>& x, const StridedMatrix<T>& matrix,
                     std::int64_t begin, std::int64_t end, Sum<T>* out,
                     std::int64_t stride, bool add) {
  const MadePanels<T> panels(matrix);
  const auto with = [&](const auto& use) {
    for_outputs(x, panels, matrix.d_out, nullptr, begin, end, out, stride, use);
  };
  add ? with(kAdd) : with(kPut);
}

// See ContinuedProduct.
template <class T>
void continued_product(const Rows<T>& x, const StridedMatrix<T>& matrix,
                       std::int64_t begin, std::int64_t end, T* out,
                       std::int64_t stride) {
  constexpr std::int64_t kWidth = 2 * kPanel<T>;
  const MadePanels<T> panels(matrix);
  const auto pair_of = neighbours<T>(matrix.d_out);
  alignas(64) T aside[std::size_t{2 * kMostColumns * kPanel<T>}];
  alignas(64) T sums[std::size_t{kTileRows * kWidth}] = {};
  for (std::int64_t first = begin; first < end; first += kWidth) {
    const Firsts firsts = pair_of(first / kWidth);
    PanelPair<T> pair{{nullptr, nullptr}, firsts.n};
    for (std::int64_t i = 0; i < firsts.n; ++i) {
      pair.panels[i] = panels.at(firsts.first[i], 0, matrix.d_in,
                                 aside + i * kMostColumns * kPanel<T>);
    }
    const std::int64_t left = end - first;
    const auto bytes =
        static_cast<std::size_t>(left < kWidth ? left : kWidth) * sizeof(T);
    for (std::int64_t row = 0; row < x.n; row += kTileRows) {
      const std::int64_t n = x.n - row < kTileRows ? x.n - row : kTileRows;
      T* to = out + row * stride + first;
      for (std::int64_t i = 0; i < n; ++i) {
        std::memcpy(sums + i * kWidth, to + i * stride, bytes);
      }
      add_pair(n, x.numbers + row * x.stride, x.stride, pair, matrix.d_in,
               Before::go_on, sums);
      for (std::int64_t i = 0; i < n; ++i) {
        std::memcpy(to + i * stride, sums + i * kWidth, bytes);
      }
    }
  }
}

template <class T>
void pack(const T* matrix, std::int64_t d_out, std::int64_t d_in, T* panels) {
  constexpr std::int64_t kWidth = kPanel<T>;
  for (std::int64_t first = 0; first < d_out; first += kWidth) {
    for (std::int64_t column = 0; column < d_in; ++column) {
      for (std::int64_t row = first; row < first + kWidth; ++row, ++panels) {
        *panels = row < d_out ? matrix[row * d_in + column] : T{};
      }
    }
  }
}

template <class T>
void unpack(const T* panels, std::int64_t d_out, std::int64_t d_in, T* matrix) {
  for (std::int64_t row = 0; row < d_out; ++row) {
    const T* from =
        panels + row / kPanel<T> * kPanel<T> * d_in + row % kPanel<T>;
    for (std::int64_t column = 0; column < d_in; ++column) {
      *matrix++ = from[column * kPanel<T>];
    }
  }
}

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET
