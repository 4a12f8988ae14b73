#include "storage/files/file_kind.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace coxswain::storage {
namespace {

using namespace std::string_view_literals;

constexpr const char* kUnpack = "unpack it";
constexpr const char* kJsonLines =
    "convert it to JSON lines (pandas: to_json(path, orient=\"records\", "
    "lines=True))";
constexpr const char* kText = "name a file of text";
constexpr const char* kRawFile =
    "fetch the file itself, from its raw address, not the page about it";

// A kind of file that begins with the same bytes always.
struct Magic {
  std::string_view bytes;
  FileKind kind;
};
constexpr Magic kMagic[] = {
    {"\x1f\x8b"sv, {"a gzip file", kUnpack}},
    {"PK\3\4"sv, {"a zip file", kUnpack}},
    {"PK\5\6"sv, {"a zip file", kUnpack}},
    {"\x28\xb5\x2f\xfd"sv, {"a zstd file", kUnpack}},
    {"BZh91AY&SY"sv, {"a bzip2 file", kUnpack}},
    {"\xfd"
     "7zXZ\0"sv,
     {"an xz file", kUnpack}},
    {"7z\xbc\xaf\x27\x1c"sv, {"a 7z file", kUnpack}},
    {"\x04\x22\x4d\x18"sv, {"an lz4 file", kUnpack}},
    {"ARROW1\0"sv, {"an Arrow file", kJsonLines}},
    {"FEA1\0"sv, {"a Feather file", kJsonLines}},
    {"Obj\1"sv, {"an Avro file", kJsonLines}},
    {"SQLite format 3\0"sv, {"an SQLite database", kJsonLines}},
    {"\x89HDF\r\n\x1a\n"sv, {"an HDF5 file", kText}},
    {"\x93NUMPY"sv, {"a NumPy file", kText}},
    {"%PDF-"sv, {"a PDF", "take its text out (pdftotext)"}},
    {"\x89PNG\r\n"sv, {"a picture (PNG)", kText}},
    {"\xff\xd8\xff"sv, {"a picture (JPEG)", kText}},
    {"\x7f"
     "ELF"sv,
     {"a program", kText}},
    {"{\\rtf"sv, {"an RTF file", "save it as plain text"}},
    {"#version: 0."sv, {"the merges.txt of a tokenizer", kText}},
    {"IQ== 0\n"sv, {"the vocabulary of a tokenizer (tiktoken)", kText}},
    {"version https://git-lfs.github.com/spec/"sv,
     {"a Git LFS pointer, not the file", "fetch the file: git lfs pull"}},
    {"version https://hawser.github.com/spec/"sv,
     {"a Git LFS pointer, not the file", "fetch the file: git lfs pull"}},
    {"/annex/objects/"sv,
     {"a git-annex pointer, not the file", "fetch the file: git annex get"}},
};

// Whether `head` begins with `begin`, in letters of whatever case.
bool begins(std::string_view head, std::string_view begin) {
  return head.size() >= begin.size() &&
         std::equal(begin.begin(), begin.end(), head.begin(),
                    [](char a, char b) {
                      return a == std::tolower(static_cast<unsigned char>(b));
                    });
}

std::string_view without_space(std::string_view head) {
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? "" : head.substr(first);
}

bool has(std::string_view head, std::string_view part) {
  return head.find(part) != std::string_view::npos;
}

// Objects of JSON that come with models.
std::optional<FileKind> kind_of_object(std::string_view head) {
  if (!without_space(head).starts_with('{')) return std::nullopt;
  if (has(head, "\"added_tokens\"") && has(head, "\"version\"")) {
    return FileKind{"the tokenizer.json of a model", kText};
  }
  if (has(head, "\"added_tokens_decoder\"") ||
      has(head, "\"tokenizer_class\"")) {
    return FileKind{"the tokenizer_config.json of a model", kText};
  }
  if (has(head, "\"architectures\"") && has(head, "\"model_type\"")) {
    return FileKind{"the config.json of a model", kText};
  }
  if (has(head, "\"weight_map\"")) {
    return FileKind{"an index of a model's weights", kText};
  }
  return std::nullopt;
}

std::optional<FileKind> kind_of_binary(std::string_view head) {
  const auto byte = [&](std::size_t i) {
    return i < head.size() ? static_cast<unsigned char>(head[i]) : 0;
  };
  if (head.starts_with("GGUF") && byte(4) > 0 && byte(4) < 10) {
    return FileKind{"a GGUF model", kText};
  }
  if (head.starts_with("PAR1") && (byte(4) < 0x20 || byte(4) > 0x7e)) {
    return FileKind{"a parquet file", kJsonLines};
  }
  // The header's length in eight bytes, then its JSON.
  if (head.size() > 9 && head.substr(4, 4) == "\0\0\0\0"sv && byte(8) == '{') {
    return FileKind{"a safetensors file", kText};
  }
  if (byte(0) == 0x80 && byte(1) >= 2 && byte(1) <= 5) {
    return FileKind{"a pickle", kJsonLines};
  }
  if (head.size() > 262 && head.substr(257, 5) == "ustar") {
    return FileKind{"a tar file", kUnpack};
  }
  // A protobuf whose first field is a piece.
  if (byte(0) == 0x0a && byte(1) < 0x20 && byte(2) == 0x0a && byte(3) < 0x20 &&
      has(head.substr(0, 16), "<")) {
    return FileKind{"a tokenizer.model", kText};
  }
  return std::nullopt;
}

}  // namespace

std::optional<FileKind> kind_of(std::string_view head) {
  for (const Magic& magic : kMagic) {
    if (head.starts_with(magic.bytes)) return magic.kind;
  }
  if (const auto binary = kind_of_binary(head)) return binary;
  const std::string_view text = without_space(head);
  if (begins(text, "<!doctype html") || begins(text, "<html")) {
    return FileKind{"an HTML page", kRawFile};
  }
  if (begins(text, "<?xml")) return FileKind{"an XML file", kRawFile};
  for (const char* answer :
       {"404: not found", "not found", "entry not found"}) {
    if (begins(text, answer) &&
        without_space(text.substr(std::string_view(answer).size())).empty()) {
      return FileKind{"a server's answer that there is no such file", kRawFile};
    }
  }
  return kind_of_object(head);
}

}  // namespace coxswain::storage
