#include "storage/quantisation.hpp"

#include <cassert>
#include <cstring>

#include "storage/array.hpp"
#include "storage/fault.hpp"

namespace coxswain::storage {
namespace {

template <class T>
T load(const unsigned char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

void unpack_f32(const unsigned char* from, float* to) {
  *to = load<float>(from);
}

void unpack_f16(const unsigned char* from, float* to) {
  *to = widen_f16(load<std::uint16_t>(from));
}

// Scale (f16), then 32 signed bytes.
void unpack_q8_0(const unsigned char* from, float* to) {
  const float scale = widen_f16(load<std::uint16_t>(from));
  for (int i = 0; i < 32; ++i) {
    to[i] = scale * static_cast<float>(load<std::int8_t>(from + 2 + i));
  }
}

// Scale and minimum (f16), then 16 bytes: low nibbles are elements 0..15, high
// nibbles 16..31.
void unpack_q4_1(const unsigned char* from, float* to) {
  const float scale = widen_f16(load<std::uint16_t>(from));
  const float minimum = widen_f16(load<std::uint16_t>(from + 2));
  for (int i = 0; i < 16; ++i) {
    const int byte = from[4 + i];
    to[i] = scale * static_cast<float>(byte & 0xf) + minimum;
    to[i + 16] = scale * static_cast<float>(byte >> 4) + minimum;
  }
}

constexpr Quantisation kQuantisations[] = {
    {0, "F32", 1, 4, unpack_f32},
    {1, "F16", 1, 2, unpack_f16},
    {3, "Q4_1", 32, 20, unpack_q4_1},
    {8, "Q8_0", 32, 34, unpack_q8_0},
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

void dequantise(const Quantisation& quantisation, std::string_view packed,
                std::span<float> values) {
  const std::uint64_t blocks = values.size() / quantisation.block;
  assert(blocks * quantisation.block == values.size() &&
         blocks * quantisation.bytes == packed.size());
  const auto* from = reinterpret_cast<const unsigned char*>(packed.data());
  for (std::uint64_t i = 0; i < blocks; ++i) {
    quantisation.unpack(from + i * quantisation.bytes,
                        values.data() + i * quantisation.block);
  }
}

}  // namespace coxswain::storage
