#include "jobs/model/model_file.hpp"

#include <filesystem>
#include <map>
#include <utility>

#include "jobs/model/checkpoint/checkpoint.hpp"
#include "jobs/model/tokenizers/folder_tokenizer.hpp"
#include "jobs/model/tokenizers/gguf_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_settings.hpp"
#include "jobs/task/job_error.hpp"
#include "jobs/task/source_digest.hpp"
#include "storage/files/bytes.hpp"
#include "storage/files/digest.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/models/gguf.hpp"
#include "storage/models/missing_weights.hpp"

namespace coxswain::jobs {
namespace {

namespace fs = std::filesystem;

std::string tokenizer_digest(const storage::GgufFile& file) {
  storage::ByteWriter out;
  for (const char* key : {"tokenizer.ggml.model", "tokenizer.ggml.pre"}) {
    out.text(file.has(key) ? file.text(key) : "");
  }
  // SentencePiece's have scores, the others merges.
  for (const char* key : {"tokenizer.ggml.tokens", "tokenizer.ggml.merges"}) {
    if (!file.has(key)) continue;
    for (const std::string& text : file.texts(key)) out.text(text);
  }
  for (const char* key :
       {"tokenizer.ggml.token_type", "tokenizer.ggml.scores"}) {
    if (!file.has(key)) continue;
    for (const double number : file.numbers(key)) out.number(number);
  }
  return storage::sha256(out.take());
}

// The name of the kind of numbers that holds most bytes of the file.
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

ModelHeader header_of(Checkpoint checkpoint) {
  ModelHeader header;
  header.format = checkpoint.format;
  header.dtype = main_dtype(checkpoint.weights);
  header.n_weights = count_weights(checkpoint);
  for (const auto& [name, weight] : checkpoint.weights.weights()) {
    header.file_bytes += static_cast<std::int64_t>(weight.length);
  }
  header.architecture = std::move(checkpoint.architecture);
  header.notes = std::move(checkpoint.notes);
  return header;
}

// How the token that a key names is spelled; empty if there is none.
std::string token_text(const storage::GgufFile& file, const std::string& key,
                       const Tokenizer& tokenizer) {
  if (!file.has(key)) return "";
  const std::int64_t id = file.integer(key);
  return id < 0 || id >= tokenizer.size()
             ? ""
             : tokenizer.piece(static_cast<std::int32_t>(id));
}

ModelHeader read_gguf(const std::string& path) {
  const storage::GgufFile file(path);
  ModelHeader header = header_of(open_gguf_checkpoint(file));
  header.tokenizer = read_gguf_tokenizer(file);
  header.tokenizer_digest = tokenizer_digest(file);
  if (file.has("tokenizer.chat_template")) {
    header.own_template.source = file.text("tokenizer.chat_template");
  }
  header.own_template.bos_token =
      token_text(file, "tokenizer.ggml.bos_token_id", *header.tokenizer);
  header.own_template.eos_token =
      token_text(file, "tokenizer.ggml.eos_token_id", *header.tokenizer);
  return header;
}

ModelHeader read_folder(const std::string& path) {
  ModelHeader header = header_of(open_checkpoint(path));
  FolderTokenizer read = read_folder_tokenizer(path);
  header.tokenizer = std::move(read.tokenizer);
  const TokenizerSettings settings = read_tokenizer_settings(path);
  storage::ByteWriter out;
  const fs::path json = fs::path(path) / "tokenizer.json";
  out.text(storage::sha256_of_file(
      (storage::is_named(json) ? json : fs::path(path) / "tokenizer.model")
          .string()));
  out.text(settings.beginning);
  // Two files with equal vocabularies may begin prompts differently.
  out.number(header.tokenizer->beginning());
  // Other files may add tokens, or have texts cut otherwise.
  if (!read.changes.empty()) out.text(read.changes);
  header.tokenizer_digest = storage::sha256(out.take());
  header.own_template = own_template(settings, *header.tokenizer);
  for (std::string& note : read.notes) header.notes.push_back(std::move(note));
  return header;
}

}  // namespace

ModelHeader read_model_header(const std::string& path) {
  ModelHeader header =
      fs::is_directory(path) ? read_folder(path) : read_gguf(path);
  const std::int64_t extra =
      header.tokenizer->size() - header.architecture.d_vocab;
  if (extra > 0) {
    header.notes.push_back(path + ": the tokenizer has " +
                           std::to_string(extra) +
                           " tokens that the model has no embedding for");
  }
  return header;
}

std::string model_digest(const std::string& path) {
  return model_digest(path, storage::sha256_of_file);
}

}  // namespace coxswain::jobs
