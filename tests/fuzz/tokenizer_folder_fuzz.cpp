// A Hugging Face folder's tokenizer: its files one behind the other, a zero
// byte between two.

#include "jobs/model/tokenizers/folder_tokenizer.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

namespace {

// The text up to the next zero byte, taken off `rest`.
std::string next_file(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\0'), rest.size());
  std::string text(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return text;
}

void try_tokenizer(std::string_view files) {
  jobs::TokenizerTexts texts;
  for (std::string* text :
       {&texts.tokenizer, &texts.settings, &texts.special_tokens,
        &texts.added_tokens, &texts.model}) {
    *text = next_file(files);
  }
  if (texts.tokenizer.empty()) return;
  const jobs::FolderTokenizer read =
      jobs::make_json_tokenizer(jobs::parse_tokenizer_folder("folder", texts));
  for (const char* text : {"a <x>b  <x> ab", " \u2581a\u0301 <s>", ""}) {
    try {
      for (const jobs::Token& token :
           jobs::encode_prompt(*read.tokenizer, text)) {
        read.tokenizer->piece(token.id);
      }
    } catch (const jobs::JobError&) {  // of this text alone
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    try {
      try_tokenizer({reinterpret_cast<const char*>(data), size});
    } catch (const jobs::JobError&) {
    }
  });
}
