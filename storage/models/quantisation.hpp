#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// How the elements of a weight are packed: `block` of them in `bytes` bytes.
// Plain numbers are blocks of one.
struct Quantisation {
  std::uint32_t id;  // ggml's type number in a GGUF file
  std::string_view name;
  std::uint64_t block;                                   // elements
  std::uint64_t bytes;                                   // of one block
  void (*unpack)(const unsigned char* from, float* to);  // one block
};

// The kind of ggml's number `id`. Throws StorageError that names `where` for
// one that we can't read.
const Quantisation& quantisation_of(std::uint32_t id, const std::string& where);
// The kind called "F32", "Q4_K" ...; nullptr for one that we can't read.
const Quantisation* quantisation_named(std::string_view name);

// Unpacks whole blocks into `out`, as elements of kind `to` (f32, f64 or bf16).
void dequantise(const Quantisation& quantisation, std::string_view packed,
                DType to, void* out);

}  // namespace coxswain::storage
