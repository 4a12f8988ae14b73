#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace coxswain::storage {

// How ggml packs the elements of a tensor: `block` elements in `bytes` bytes.
struct Quantisation {
  std::uint32_t id;  // ggml's type number in the file
  std::string_view name;
  std::uint64_t block;                                   // elements
  std::uint64_t bytes;                                   // of one block
  void (*unpack)(const unsigned char* from, float* to);  // one block
};

// Throws StorageError that names `where` for a number we can't read.
const Quantisation& quantisation_of(std::uint32_t id, const std::string& where);

// `packed` holds whole blocks; fills all of `values`.
void dequantise(const Quantisation& quantisation, std::string_view packed,
                std::span<float> values);

}  // namespace coxswain::storage
