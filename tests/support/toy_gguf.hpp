#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace coxswain::tests {

// A tensor of a GGUF file.
struct GgufEntry {
  std::vector<std::int64_t> shape;  // slowest dimension first
  std::uint32_t type = 0;           // ggml's number
  std::string bytes;
};

// A GGUF file in the making, version 3.
struct GgufMaker {
  std::map<std::string, std::string> values;  // key -> kind and value, encoded
  std::map<std::string, GgufEntry> tensors;

  void text(const std::string& key, const std::string& value);
  void integer(const std::string& key, std::uint32_t value);
  void number(const std::string& key, float value);
  void flag(const std::string& key, bool value);
  void texts(const std::string& key, const std::vector<std::string>& value);
  void integers(const std::string& key, const std::vector<std::int32_t>& value);
  void tensor(const std::string& name, std::vector<std::int64_t> shape,
              const std::vector<float>& value);
  std::string bytes() const;
};

// A llama of four blocks with lively random weights and a byte-level
// vocabulary: 256 bytes, a few merges, and ChatML's special tokens.
struct ToySizes {
  std::uint32_t n_layers = 4, d_model = 32, n_heads = 4, n_kv_heads = 2,
                d_mlp = 48, n_ctx = 512;
  // Further merges of its vocabulary, behind its own.
  std::vector<std::pair<std::string, std::string>> merges{};
};
GgufMaker toy_llama(std::uint32_t seed = 1, const ToySizes& sizes = {});

}  // namespace coxswain::tests
