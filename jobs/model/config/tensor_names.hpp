#pragma once

#include <string>
#include <vector>

namespace coxswain::jobs {

// What a format calls a family's tensors, without ".weight" and ".bias", and
// how it lays them out. Empty: the format has no such tensor.
struct TensorNames {
  std::string embedding, positions, final_norm, unembedding;
  std::string block;  // before the block's number, "model.layers."
  std::string attention_norm, query, key, value, qkv, query_norm, key_norm;
  std::string attention_output, attention_output_norm;
  std::string mlp_norm, gate, up, down, mlp_output_norm;

  // What may stand before every name but the unembedding's; the first that
  // fits the file is taken.
  std::vector<std::string> prefixes = {""};
  std::vector<std::string> unembedding_prefixes = {""};
  // Ends of names of tensors that hold no weights (masks, tables).
  std::vector<std::string> buffers;

  // How a matrix lies in the file: [out, in] as here, or [in, out].
  enum class Matrices { out_in, in_out } matrices = Matrices::out_in;
  // Rows of a fused qkv: all queries, all keys, all values; or head by head.
  enum class Fused { stacked, by_head } fused = Fused::stacked;
  // Rows of q and k: halves of a head, or pairs that turn together.
  enum class Rotary { halves, pairs } rotary = Rotary::halves;
  double norm_offset = 0;  // what the file's gains lack (Gemma: 1)
};

}  // namespace coxswain::jobs
