#include "tests/support/toy_gguf.hpp"

#include <algorithm>
#include <random>

#include "storage/files/bytes.hpp"

namespace coxswain::tests {
namespace {

using storage::ByteWriter;

enum Kind : std::uint32_t {
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9
};

// GPT-2's printable character for a byte, as UTF-8.
std::string character(int byte) {
  const auto printable = [](int b) {
    return (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
  };
  int point = byte;
  if (!printable(byte)) {
    point = 0x100;
    for (int b = 0; b < byte; ++b) point += printable(b) ? 0 : 1;
  }
  if (point < 0x80) return std::string(1, static_cast<char>(point));
  return {static_cast<char>(0xc0 | (point >> 6)),
          static_cast<char>(0x80 | (point & 0x3f))};
}

std::vector<float> random_values(std::mt19937& random, std::size_t n,
                                 float scale, float mean) {
  std::normal_distribution<float> normal(mean, scale);
  std::vector<float> values(n);
  for (float& value : values) value = normal(random);
  return values;
}

}  // namespace

void GgufMaker::text(const std::string& key, const std::string& value) {
  ByteWriter out;
  out.number<std::uint32_t>(kString);
  out.text(value);
  values[key] = out.take();
}

void GgufMaker::integer(const std::string& key, std::uint32_t value) {
  ByteWriter out;
  out.number<std::uint32_t>(kUint32);
  out.number(value);
  values[key] = out.take();
}

void GgufMaker::number(const std::string& key, float value) {
  ByteWriter out;
  out.number<std::uint32_t>(kFloat32);
  out.number(value);
  values[key] = out.take();
}

void GgufMaker::flag(const std::string& key, bool value) {
  ByteWriter out;
  out.number<std::uint32_t>(kBool);
  out.number<std::uint8_t>(value ? 1 : 0);
  values[key] = out.take();
}

void GgufMaker::texts(const std::string& key,
                      const std::vector<std::string>& value) {
  ByteWriter out;
  out.number<std::uint32_t>(kArray);
  out.number<std::uint32_t>(kString);
  out.number<std::uint64_t>(value.size());
  for (const std::string& one : value) out.text(one);
  values[key] = out.take();
}

void GgufMaker::integers(const std::string& key,
                         const std::vector<std::int32_t>& value) {
  ByteWriter out;
  out.number<std::uint32_t>(kArray);
  out.number<std::uint32_t>(kInt32);
  out.number<std::uint64_t>(value.size());
  for (const std::int32_t one : value) out.number(one);
  values[key] = out.take();
}

void GgufMaker::tensor(const std::string& name, std::vector<std::int64_t> shape,
                       const std::vector<float>& value) {
  ByteWriter out;
  for (const float one : value) out.number(one);
  tensors[name] = {std::move(shape), 0, out.take()};
}

std::string GgufMaker::bytes() const {
  ByteWriter out;
  out.raw("GGUF");
  out.number<std::uint32_t>(3);
  out.number<std::uint64_t>(tensors.size());
  out.number<std::uint64_t>(values.size());
  for (const auto& [key, value] : values) {
    out.text(key);
    out.raw(value);
  }
  const auto padded = [](std::size_t n) { return (n + 31) / 32 * 32; };
  std::uint64_t offset = 0;
  std::string data;
  for (const auto& [name, entry] : tensors) {
    out.text(name);
    out.number(static_cast<std::uint32_t>(entry.shape.size()));
    for (auto it = entry.shape.rbegin(); it != entry.shape.rend(); ++it) {
      out.number(static_cast<std::uint64_t>(*it));
    }
    out.number(entry.type);
    out.number(offset);
    data += entry.bytes;
    data.resize(padded(data.size()));
    offset = data.size();
  }
  std::string header = out.take();
  header.resize(padded(header.size()));
  return header + data;
}

GgufMaker toy_llama(std::uint32_t seed, const ToySizes& sizes) {
  GgufMaker file;
  file.text("general.architecture", "llama");
  file.integer("llama.block_count", sizes.n_layers);
  file.integer("llama.embedding_length", sizes.d_model);
  file.integer("llama.attention.head_count", sizes.n_heads);
  file.integer("llama.attention.head_count_kv", sizes.n_kv_heads);
  file.integer("llama.feed_forward_length", sizes.d_mlp);
  file.integer("llama.context_length", sizes.n_ctx);
  file.number("llama.attention.layer_norm_rms_epsilon", 1e-5F);
  file.number("llama.rope.freq_base", 10000.0F);

  std::vector<std::string> tokens{"<|im_start|>", "<|im_end|>"};
  std::vector<std::int32_t> types{3, 3};
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(character(byte));
  std::vector<std::string> merges;
  std::vector<std::pair<std::string, std::string>> pairs{
      {"t", "h"}, {"th", "e"}, {"\u0120", "the"}, {"i", "s"}};
  pairs.insert(pairs.end(), sizes.merges.begin(), sizes.merges.end());
  for (const auto& [left, right] : pairs) {
    merges.push_back(left + " " + right);
    tokens.push_back(left + right);
  }
  types.resize(tokens.size(), 1);
  file.text("tokenizer.ggml.model", "gpt2");
  file.text("tokenizer.ggml.pre", "smollm");
  file.texts("tokenizer.ggml.tokens", tokens);
  file.texts("tokenizer.ggml.merges", merges);
  file.integers("tokenizer.ggml.token_type", types);

  std::mt19937 random(seed);
  const std::int64_t d = sizes.d_model;
  const std::int64_t kv = d / sizes.n_heads * sizes.n_kv_heads;
  const std::int64_t mlp = sizes.d_mlp;
  const auto matrix = [&](const std::string& name, std::int64_t rows,
                          std::int64_t columns, float scale) {
    file.tensor(name, {rows, columns},
                random_values(random, static_cast<std::size_t>(rows * columns),
                              scale, 0));
  };
  const auto norm = [&](const std::string& name) {
    file.tensor(name, {d},
                random_values(random, static_cast<std::size_t>(d), 0.2F, 1));
  };
  matrix("token_embd.weight", static_cast<std::int64_t>(tokens.size()), d, 1);
  norm("output_norm.weight");
  for (std::uint32_t i = 0; i < sizes.n_layers; ++i) {
    const std::string block = "blk." + std::to_string(i) + ".";
    norm(block + "attn_norm.weight");
    norm(block + "ffn_norm.weight");
    matrix(block + "attn_q.weight", d, d, 0.4F);
    matrix(block + "attn_k.weight", kv, d, 0.4F);
    matrix(block + "attn_v.weight", kv, d, 0.3F);
    matrix(block + "attn_output.weight", d, d, 0.3F);
    matrix(block + "ffn_gate.weight", mlp, d, 0.3F);
    matrix(block + "ffn_up.weight", mlp, d, 0.3F);
    matrix(block + "ffn_down.weight", d, mlp, 0.3F);
  }
  return file;
}

}  // namespace coxswain::tests
