#include "storage/models/quantisation.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <vector>

#include "storage/files/fault.hpp"
#include "storage/tensors/array.hpp"
#include "storage/tensors/convert.hpp"

// The layouts are ggml's. The products are in the order in which its own
// dequantisation has them, so that the float32 results are equal bit for bit.

namespace coxswain::storage {
namespace {

using Bytes = const unsigned char*;

template <class T>
T load(Bytes from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

float half(Bytes from) { return widen_f16(load<std::uint16_t>(from)); }

float number(int value) { return static_cast<float>(value); }

void unpack_f32(Bytes from, float* to) { *to = load<float>(from); }
void unpack_f64(Bytes from, float* to) {
  *to = static_cast<float>(load<double>(from));
}
void unpack_f16(Bytes from, float* to) { *to = half(from); }
void unpack_bf16(Bytes from, float* to) {
  *to = widen_bf16(load<std::uint16_t>(from));
}

// Scale (f16), then 32 signed bytes.
void unpack_q8_0(Bytes from, float* to) {
  const float scale = half(from);
  for (int i = 0; i < 32; ++i) {
    to[i] = scale * number(load<std::int8_t>(from + 2 + i));
  }
}

// 16 bytes: low nibbles are elements 0..15, high nibbles 16..31.
template <class Element>
void nibbles(Bytes from, float* to, Element&& element) {
  for (int i = 0; i < 16; ++i) {
    to[i] = element(i, from[i] & 0xf);
    to[i + 16] = element(i + 16, from[i] >> 4);
  }
}

// Scale (f16), nibbles less 8.
void unpack_q4_0(Bytes from, float* to) {
  const float scale = half(from);
  nibbles(from + 2, to, [&](int, int q) { return number(q - 8) * scale; });
}

// Scale and minimum (f16), nibbles.
void unpack_q4_1(Bytes from, float* to) {
  const float scale = half(from);
  const float minimum = half(from + 2);
  nibbles(from + 4, to,
          [&](int, int q) { return scale * number(q) + minimum; });
}

// The fifth bits of 32 elements, bit i of a 32-bit word for element i.
int fifth_bit(std::uint32_t word, int i) {
  return static_cast<int>((word >> i) & 1U) << 4;
}

// Scale (f16), fifth bits, nibbles; less 16.
void unpack_q5_0(Bytes from, float* to) {
  const float scale = half(from);
  const auto high = load<std::uint32_t>(from + 2);
  nibbles(from + 6, to, [&](int i, int q) {
    return scale * number((q | fifth_bit(high, i)) - 16);
  });
}

// Scale and minimum (f16), fifth bits, nibbles.
void unpack_q5_1(Bytes from, float* to) {
  const float scale = half(from);
  const float minimum = half(from + 2);
  const auto high = load<std::uint32_t>(from + 4);
  nibbles(from + 8, to, [&](int i, int q) {
    return scale * number(q | fifth_bit(high, i)) + minimum;
  });
}

// The K kinds: blocks of 256 in runs of 16 or 32, a small scale for each run.

// 16 scales and minima (4 bits each), 64 bytes of 2-bit elements, then scale
// and minimum of the block (f16).
void unpack_q2_k(Bytes from, float* to) {
  const float scale = half(from + 80);
  const float minimum = half(from + 82);
  for (int run = 0; run < 16; ++run) {
    const float run_scale = scale * number(from[run] & 0xf);
    const float run_minimum = minimum * number(from[run] >> 4);
    const Bytes q = from + 16 + (run / 8) * 32 + (run % 2) * 16;
    const int shift = (run % 8) / 2 * 2;
    for (int i = 0; i < 16; ++i) {
      *to++ = run_scale * number((q[i] >> shift) & 3) - run_minimum;
    }
  }
}

// Scale of run `run` of Q3_K: 4 low bits in bytes 0..7, 2 high bits in 8..11.
int q3_scale(Bytes scales, int run) {
  const int low = run < 8 ? scales[run] & 0xf : scales[run - 8] >> 4;
  const int high = (scales[8 + run % 4] >> (run / 4 * 2)) & 3;
  return (low | high << 4) - 32;
}

// 32 bytes of third bits, 64 bytes of 2-bit elements, 12 bytes of 6-bit
// scales, scale of the block (f16). A clear third bit takes 4 away.
void unpack_q3_k(Bytes from, float* to) {
  const float scale = half(from + 108);
  for (int run = 0; run < 16; ++run) {
    const float run_scale = scale * number(q3_scale(from + 96, run));
    const Bytes q = from + 32 + (run / 8) * 32 + (run % 2) * 16;
    const Bytes third = from + (run % 2) * 16;
    const int shift = (run % 8) / 2 * 2;
    for (int i = 0; i < 16; ++i) {
      const int bit = (third[i] >> (run / 2)) & 1;
      *to++ = run_scale * number(((q[i] >> shift) & 3) - (bit != 0 ? 0 : 4));
    }
  }
}

// Scale and minimum (6 bits each) of run `run` out of 12 bytes.
struct RunScale {
  int scale, minimum;
};
RunScale q4_scale(Bytes scales, int run) {
  if (run < 4) return {scales[run] & 63, scales[run + 4] & 63};
  return {(scales[run + 4] & 0xf) | (scales[run - 4] >> 6) << 4,
          (scales[run + 4] >> 4) | (scales[run] >> 6) << 4};
}

// Scale and minimum (f16), 12 bytes of scales of 8 runs of 32; `quants` holds
// two runs a 32 bytes, in low and high nibbles.
template <class HighBits>
void unpack_q45_k(Bytes from, Bytes quants, float* to, HighBits&& high_bits) {
  const float scale = half(from);
  const float minimum = half(from + 2);
  for (int run = 0; run < 8; ++run) {
    const RunScale own = q4_scale(from + 4, run);
    const float run_scale = scale * number(own.scale);
    const float run_minimum = minimum * number(own.minimum);
    const Bytes q = quants + run / 2 * 32;
    for (int i = 0; i < 32; ++i) {
      const int low = run % 2 == 0 ? q[i] & 0xf : q[i] >> 4;
      *to++ = run_scale * number(low + high_bits(run, i)) - run_minimum;
    }
  }
}

void unpack_q4_k(Bytes from, float* to) {
  unpack_q45_k(from, from + 16, to, [](int, int) { return 0; });
}

// Q4_K with 32 bytes of fifth bits: bit `run` of byte i.
void unpack_q5_k(Bytes from, float* to) {
  unpack_q45_k(from, from + 48, to, [&](int run, int i) {
    return ((from[16 + i] >> run) & 1) << 4;
  });
}

// 128 bytes of low nibbles, 64 bytes of high pairs of bits, 16 signed scales,
// scale of the block (f16).
void unpack_q6_k(Bytes from, float* to) {
  const float scale = half(from + 208);
  for (int run = 0; run < 8; ++run) {  // of 32 elements
    const Bytes low = from + (run / 4) * 64 + (run % 2) * 32;
    const Bytes high = from + 128 + (run / 4) * 32;
    for (int i = 0; i < 32; ++i) {
      const int four = run % 4 < 2 ? low[i] & 0xf : low[i] >> 4;
      const int two = (high[i] >> (run % 4 * 2)) & 3;
      const int run_scale = load<std::int8_t>(from + 192 + run * 2 + i / 16);
      *to++ = scale * number(run_scale) * number((four | two << 4) - 32);
    }
  }
}

constexpr Quantisation kQuantisations[] = {
    {0, "F32", 1, 4, unpack_f32},        {1, "F16", 1, 2, unpack_f16},
    {2, "Q4_0", 32, 18, unpack_q4_0},    {3, "Q4_1", 32, 20, unpack_q4_1},
    {6, "Q5_0", 32, 22, unpack_q5_0},    {7, "Q5_1", 32, 24, unpack_q5_1},
    {8, "Q8_0", 32, 34, unpack_q8_0},    {10, "Q2_K", 256, 84, unpack_q2_k},
    {11, "Q3_K", 256, 110, unpack_q3_k}, {12, "Q4_K", 256, 144, unpack_q4_k},
    {13, "Q5_K", 256, 176, unpack_q5_k}, {14, "Q6_K", 256, 210, unpack_q6_k},
    {28, "F64", 1, 8, unpack_f64},       {30, "BF16", 1, 2, unpack_bf16},
};

}  // namespace

const Quantisation& quantisation_of(std::uint32_t id,
                                    const std::string& where) {
  std::string known;
  for (const Quantisation& row : kQuantisations) {
    if (row.id == id) return row;
    known += (known.empty() ? "" : ", ") + std::string(row.name);
  }
  throw StorageError({where, "quantisation", "ggml type " + std::to_string(id),
                      "one of " + known, "take a file in one of these"});
}

const Quantisation* quantisation_named(std::string_view name) {
  for (const Quantisation& row : kQuantisations) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

void dequantise(const Quantisation& quantisation, std::string_view packed,
                DType to, void* out) {
  assert(out != nullptr || packed.empty());
  const std::uint64_t blocks = packed.size() / quantisation.bytes;
  assert(blocks * quantisation.bytes == packed.size());
  if (quantisation.block == 1) {  // a plain kind, which has no scale to apply
    convert(dtype_named(quantisation.name, ""), packed, to, out, "");
    return;
  }
  const auto* from = reinterpret_cast<Bytes>(packed.data());
  auto* place = static_cast<char*>(out);
  // The largest block of any kind in the table.
  float values[256];
  assert(quantisation.block <= std::size(values));
  for (std::uint64_t i = 0; i < blocks; ++i) {
    quantisation.unpack(from + i * quantisation.bytes, values);
    const std::string_view block(reinterpret_cast<const char*>(values),
                                 quantisation.block * sizeof(float));
    convert(DType::f32, block, to, place, "");
    place += quantisation.block * size_of(to);
  }
}

}  // namespace coxswain::storage
