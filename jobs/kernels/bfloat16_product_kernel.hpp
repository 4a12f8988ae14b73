#pragma once

#ifdef __AVX512BF16__

#include <immintrin.h>

#include "jobs/kernels/row_kernels.hpp"
#include "jobs/kernels/scratch.hpp"

// Products of bfloat16 rows by the processor's instruction for them, which
// multiplies pairs: panels are [d_in / 2, 32, 2]. See kernels.hpp.
namespace coxswain::jobs::COXSWAIN_KERNEL_SET::bfloat16 {

using Matrix = PackedMatrix<Bfloat16>;

constexpr std::int64_t kPanel = kOutputsTogether<Bfloat16>;
constexpr std::int64_t kPanelVectors = kPanel / kLanes;
// Rows of x whose sums with two panels stay in registers: 24 of the 32, which
// leaves four for the panels and one for x.
constexpr std::int64_t kTileRows = 6;
// Rows of x and columns of the matrix that stay in the second-level cache while
// panels pass: a constant of the version, though sums do not depend on the
// first.
constexpr std::int64_t kBlockRows = 192, kBlockColumns = 2048;

inline __m512bh pairs(const Bfloat16* from) {
  return reinterpret_cast<__m512bh>(_mm512_loadu_si512(from));
}
// One pair of numbers in all lanes.
inline __m512bh pair_everywhere(const Bfloat16* from) {
  std::int32_t both;
  std::memcpy(&both, from, sizeof both);
  return reinterpret_cast<__m512bh>(_mm512_set1_epi32(both));
}

// sums [kRows, kPanels * kPanel] = (or, if they are begun, +=) rows of x times
// panels, over some columns. Panels begin at those columns; no loop but the one
// over columns is left when it is compiled, so that sums stay in registers.
template <std::int64_t kRows, std::int64_t kPanels>
void add_tile(const Bfloat16* x, std::int64_t x_stride,
              const Bfloat16* const* panels, std::int64_t columns, bool begun,
              float* sums) {
  constexpr std::int64_t kVectors = kPanels * kPanelVectors;
  __m512 sum[std::size_t{kRows}][std::size_t{kVectors}];
#pragma GCC unroll 8
  for (std::int64_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < kVectors; ++v) {
      sum[row][v] = begun ? _mm512_load_ps(sums + (row * kVectors + v) * kLanes)
                          : _mm512_setzero_ps();
    }
  }
  for (std::int64_t column = 0; column < columns; column += 2) {
    __m512bh weights[std::size_t{kVectors}];
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < kVectors; ++v) {
      weights[v] = pairs(panels[v / kPanelVectors] + column * kPanel +
                         v % kPanelVectors * 2 * kLanes);
    }
#pragma GCC unroll 8
    for (std::int64_t row = 0; row < kRows; ++row) {
      const __m512bh both = pair_everywhere(x + row * x_stride + column);
#pragma GCC unroll 8
      for (std::int64_t v = 0; v < kVectors; ++v) {
        sum[row][v] = _mm512_dpbf16_ps(sum[row][v], both, weights[v]);
      }
    }
  }
#pragma GCC unroll 8
  for (std::int64_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < kVectors; ++v) {
      _mm512_store_ps(sums + (row * kVectors + v) * kLanes, sum[row][v]);
    }
  }
}

// add_tile() for 1 to kTileRows rows, a number known only now.
template <std::int64_t kPanels, std::int64_t kRows = kTileRows>
void add_some_rows(std::int64_t rows, const Bfloat16* x, std::int64_t x_stride,
                   const Bfloat16* const* panels, std::int64_t columns,
                   bool begun, float* sums) {
  if constexpr (kRows > 1) {
    if (rows < kRows) {
      return add_some_rows<kPanels, kRows - 1>(rows, x, x_stride, panels,
                                               columns, begun, sums);
    }
  }
  add_tile<kRows, kPanels>(x, x_stride, panels, columns, begun, sums);
}

// All rows of x times kPanels panels, of which the first rows of the matrix are
// `firsts`: finish(row, sums) for every row of x.
template <std::int64_t kPanels, class Finish>
void multiply_panels(const Rows<Bfloat16>& x, const Matrix& matrix,
                     const std::int64_t* firsts, const Finish& finish) {
  constexpr std::int64_t kWidth = kPanels * kPanel;
  alignas(64) float sums[std::size_t{kBlockRows * kWidth}];
  for (std::int64_t block = 0; block < x.n; block += kBlockRows) {
    const std::int64_t end =
        block + kBlockRows < x.n ? block + kBlockRows : x.n;
    std::memset(
        sums, 0,
        static_cast<std::size_t>((end - block) * kWidth) * sizeof(float));
    for (std::int64_t begin = 0; begin < matrix.d_in; begin += kBlockColumns) {
      const std::int64_t left = matrix.d_in - begin;
      const std::int64_t columns = left < kBlockColumns ? left : kBlockColumns;
      const Bfloat16* panels[std::size_t{kPanels}];
      for (int i = 0; i < kPanels; ++i) {
        panels[i] = matrix.panels + firsts[i] * matrix.d_in + begin * kPanel;
      }
      for (std::int64_t row = block; row < end; row += kTileRows) {
        const std::int64_t rows = end - row < kTileRows ? end - row : kTileRows;
        float* tile = sums + (row - block) * kWidth;
        add_some_rows<kPanels>(rows, x.numbers + row * x.stride + begin,
                               x.stride, panels, columns, begin > 0, tile);
        if (left > kBlockColumns) continue;
        for (std::int64_t i = 0; i < rows; ++i) {
          finish(row + i, tile + i * kWidth);
        }
      }
    }
  }
}

// finish(row, first, n, sums): n <= 2 kPanel of the outputs from `first` on.
template <class Finish>
void multiply(const Rows<Bfloat16>& x, const Matrix& matrix, std::int64_t begin,
              std::int64_t end, const Finish& finish) {
  for (std::int64_t first = begin; first < end; first += 2 * kPanel) {
    const std::int64_t firsts[] = {first, first + kPanel};
    const std::int64_t n = end - first < 2 * kPanel ? end - first : 2 * kPanel;
    const auto finish_row = [&](std::int64_t row, const float* sums) {
      finish(row, first, n, sums);
    };
    if (n > kPanel) {
      multiply_panels<2>(x, matrix, firsts, finish_row);
    } else {
      multiply_panels<1>(x, matrix, firsts, finish_row);
    }
  }
}

// Some rows of a matrix, with zeros behind the last one -> one panel
inline void pack_panel(const StridedMatrix<Bfloat16>& matrix,
                       std::int64_t first, Bfloat16* panel) {
  for (std::int64_t column = 0; column < matrix.d_in; column += 2) {
    for (std::int64_t row = first; row < first + kPanel; ++row, panel += 2) {
      const Bfloat16* from =
          matrix.numbers + row * matrix.out_stride + column * matrix.in_stride;
      const bool there = row < matrix.d_out;
      panel[0] = there ? from[0] : Bfloat16{0};
      panel[1] = there ? from[matrix.in_stride] : Bfloat16{0};
    }
  }
}

inline void pack(const Bfloat16* matrix, std::int64_t d_out, std::int64_t d_in,
                 Bfloat16* panels) {
  for (std::int64_t first = 0; first < d_out; first += kPanel) {
    pack_panel({matrix, d_out, d_in, d_in, 1}, first, panels + first * d_in);
  }
}

inline void unpack(const Bfloat16* panels, std::int64_t d_out,
                   std::int64_t d_in, Bfloat16* matrix) {
  for (std::int64_t row = 0; row < d_out; ++row) {
    const Bfloat16* from =
        panels + row / kPanel * kPanel * d_in + row % kPanel * 2;
    for (std::int64_t column = 0; column < d_in; ++column) {
      *matrix++ = from[column / 2 * 2 * kPanel + column % 2];
    }
  }
}

// use(sums with their bias, where they belong, part) for all outputs, which are
// `stride` numbers from row to row.
template <class Use>
void for_outputs(const Rows<Bfloat16>& x, const Matrix& matrix,
                 std::int64_t begin, std::int64_t end, float* out,
                 std::int64_t stride, const Use& use) {
  multiply(x, matrix, begin, end,
           [&](std::int64_t row, std::int64_t first, std::int64_t n,
               const float* sums) {
             float* to = out + row * stride + first;
             by_lanes(n, [&](std::int64_t i, const auto& part) {
               Floats value = part.load(sums + i);
               if (matrix.bias != nullptr) {
                 value += part.load(matrix.bias + first + i);
               }
               use(value, to + i, part);
             });
           });
}

inline constexpr auto kPut = [](Floats value, float* to, const auto& part) {
  part.store(value, to);
};
inline constexpr auto kAdd = [](Floats value, float* to, const auto& part) {
  part.store(part.load(to) + value, to);
};

inline void product(const Rows<Bfloat16>& x, const Matrix& matrix,
                    std::int64_t begin, std::int64_t end, float* out) {
  for_outputs(x, matrix, begin, end, out, matrix.d_out, kPut);
}

inline void add_product(const Rows<Bfloat16>& x, const Matrix& matrix,
                        std::int64_t begin, std::int64_t end, float* residual) {
  for_outputs(x, matrix, begin, end, residual, matrix.d_out, kAdd);
}

// Panels are made on the way, two at a time.
inline void strided_product(const Rows<Bfloat16>& x,
                            const StridedMatrix<Bfloat16>& matrix,
                            std::int64_t begin, std::int64_t end, float* out,
                            std::int64_t stride, bool add) {
  thread_local ScratchOf<Bfloat16> scratch;
  Bfloat16* panels = scratch.of(2 * kPanel * matrix.d_in);
  for (std::int64_t first = begin; first < end; first += 2 * kPanel) {
    const std::int64_t n = end - first < 2 * kPanel ? end - first : 2 * kPanel;
    for (std::int64_t i = 0; i < n; i += kPanel) {
      pack_panel(matrix, first + i, panels + i * matrix.d_in);
    }
    const Matrix some{panels, n, matrix.d_in, nullptr};
    if (add) {
      for_outputs(x, some, 0, n, out + first, stride, kAdd);
    } else {
      for_outputs(x, some, 0, n, out + first, stride, kPut);
    }
  }
}

// A panel of the gates and the panel of what they let through, side by side.
inline void gated_product(const Rows<Bfloat16>& x, const Matrix& matrix,
                          GatedActivation activation, std::int64_t begin,
                          std::int64_t end, Bfloat16* out) {
  const std::int64_t d = matrix.d_out / 2;
  for (std::int64_t first = begin; first < end; first += kPanel) {
    const std::int64_t firsts[] = {first, d + first};
    multiply_panels<2>(
        x, matrix, firsts, [&](std::int64_t row, const float* sums) {
          by_lanes(kPanel, [&](std::int64_t i, const auto& part) {
            Floats gate = part.load(sums + i);
            Floats value = part.load(sums + kPanel + i);
            if (matrix.bias != nullptr) {
              gate += part.load(matrix.bias + first + i);
              value += part.load(matrix.bias + d + first + i);
            }
            part.store(activated(gate, activation) * value,
                       out + row * d + first + i);
          });
        });
  }
}

constexpr Products<Bfloat16> kAllProducts{
    2, pack, unpack, product, add_product, gated_product, strided_product};

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET::bfloat16

#endif
