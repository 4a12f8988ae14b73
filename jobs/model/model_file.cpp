#include "jobs/model/model_file.hpp"

#include <map>

#include "jobs/model/checkpoint.hpp"
#include "jobs/model/tokenizers/gguf_tokenizer.hpp"
#include "storage/bytes.hpp"
#include "storage/digest.hpp"
#include "storage/gguf.hpp"

namespace coxswain::jobs {
namespace {

std::string tokenizer_digest(const storage::GgufFile& file) {
  storage::ByteWriter out;
  for (const char* key : {"tokenizer.ggml.model", "tokenizer.ggml.pre"}) {
    out.text(file.has(key) ? file.text(key) : "");
  }
  for (const char* key : {"tokenizer.ggml.tokens", "tokenizer.ggml.merges"}) {
    if (!file.has(key)) continue;  // SentencePiece's have scores, no merges
    for (const std::string& text : file.texts(key)) out.text(text);
  }
  for (const char* key :
       {"tokenizer.ggml.token_type", "tokenizer.ggml.scores"}) {
    if (!file.has(key)) continue;
    for (const double number : file.numbers(key)) out.number(number);
  }
  return storage::sha256(out.take());
}

// The kind that holds most bytes of the file.
std::string main_dtype(const storage::WeightFile& file) {
  std::map<std::string, std::uint64_t> bytes;
  for (const auto& [name, weight] : file.weights()) {
    if (weight.quantisation == nullptr) continue;
    bytes[std::string(weight.quantisation->name)] += weight.length;
  }
  std::string largest;
  for (const auto& [name, size] : bytes) {
    if (largest.empty() || size > bytes[largest]) largest = name;
  }
  return largest;
}

}  // namespace

ModelHeader read_model_header(const std::string& path) {
  const storage::GgufFile file(path);
  ModelHeader header;
  Checkpoint checkpoint = open_gguf_checkpoint(file);
  header.format = checkpoint.format;
  header.architecture = std::move(checkpoint.architecture);
  header.dtype = main_dtype(checkpoint.weights);
  header.tokenizer = read_gguf_tokenizer(file);
  header.tokenizer_digest = tokenizer_digest(file);
  return header;
}

}  // namespace coxswain::jobs
