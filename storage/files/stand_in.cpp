#include "storage/files/stand_in.hpp"

#include <algorithm>

#include "storage/files/fault.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::storage {
namespace {

constexpr std::string_view kPointer = "version https://git-lfs.github.com/spec";
constexpr const char* kAgain = "fetch the file again";

// Bytes that files of a kind begin with.
struct Mark {
  std::string_view bytes;
  const char* found;
  const char* remedy;
};
constexpr Mark kMarks[] = {
    {"GGUF", "a GGUF file", "name it as the model's source by itself"},
    {"tjgg", "a ggml file of before GGUF", "convert it to GGUF"},
    {"lmgg", "a ggml file of before GGUF", "convert it to GGUF"},
    {"fmgg", "a ggml file of before GGUF", "convert it to GGUF"},
    {"PK\3\4", "a zip file, as torch.save and numpy.savez write",
     "convert it to safetensors"},
    {"\x80\2", "a pickle, as torch.save wrote", "convert it to safetensors"},
    {"\x1f\x8b", "a file packed by gzip", "unpack it"},
    {"\x89HDF", "an HDF5 file", "convert it to safetensors"},
    {"\xff\xfe", "text in UTF-16", "save it as UTF-8"},
    {"\xfe\xff", "text in UTF-16", "save it as UTF-8"},
};

bool is_text(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](unsigned char byte) {
    return byte >= ' ' || byte == '\n' || byte == '\r' || byte == '\t';
  });
}

}  // namespace

bool is_lfs_pointer(std::string_view beginning) {
  return beginning.starts_with(kPointer);
}

StandIn stand_in(std::string_view beginning) {
  if (beginning.empty()) return {"an empty file", kAgain};
  if (is_lfs_pointer(beginning)) {
    return {"a Git LFS pointer, not the file itself",
            "run git lfs pull, or fetch the file by itself"};
  }
  for (const Mark& mark : kMarks) {
    if (beginning.starts_with(mark.bytes)) return {mark.found, mark.remedy};
  }
  if (beginning.find_first_not_of('\0') == std::string_view::npos) {
    return {"zeros alone, as an unfinished download leaves", kAgain};
  }
  std::string_view text = beginning.substr(0, 512);
  if (!is_text(text)) return {"other bytes", kAgain};
  text.remove_prefix(std::min(text.find_first_not_of(" \n\r\t"), text.size()));
  const std::string small = in_lower_case(text.substr(0, 16));
  if (small.starts_with("<!doctype") || small.starts_with("<html") ||
      small.starts_with("<?xml")) {
    return {"a page of HTML or XML, as servers answer with",
            "fetch the file again, logged in if the site wants it"};
  }
  return {"a text, \"" + printable(text.substr(0, text.find('\n'))) + "\"",
          kAgain};
}

}  // namespace coxswain::storage
