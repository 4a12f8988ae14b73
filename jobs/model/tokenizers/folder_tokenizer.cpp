#include "jobs/model/tokenizers/folder_tokenizer.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

#include "jobs/model/tokenizers/agreed_tokenizer.hpp"
#include "jobs/model/tokenizers/sentencepiece_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_json.hpp"
#include "jobs/model/tokenizers/tokenizer_reading.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

// Tokens in an order of their own, to be compared.
using TokenRow =
    std::tuple<std::string, std::int32_t, bool, bool, bool, bool, bool>;
std::vector<TokenRow> rows(const std::vector<AddedToken>& tokens) {
  std::vector<TokenRow> out;
  for (const AddedToken& one : tokens) {
    out.emplace_back(one.content, one.id, one.single_word, one.lstrip,
                     one.rstrip, one.normalized, one.skipped);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// The first token that only one of two lists has.
std::string first_odd(const std::vector<AddedToken>& first,
                      const std::vector<AddedToken>& second) {
  const auto a = rows(first), b = rows(second);
  std::vector<TokenRow> odd;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(),
                                std::back_inserter(odd));
  return odd.empty() ? "" : storage::printable(std::get<0>(odd.front()));
}

// What of two readings differs, in words; empty if nothing does.
std::string difference(const TokenizerReading& first,
                       const TokenizerReading& second) {
  std::string text;
  const auto add = [&](const std::string& one) {
    text += (text.empty() ? "" : ", ") + one;
  };
  const std::string odd = first_odd(first.added, second.added);
  if (!odd.empty()) add("the token " + odd);
  if (first.normalizer != second.normalizer) add("the normalizer");
  if (first.pre_tokenizer != second.pre_tokenizer) add("the pre_tokenizer");
  if (first.rules != second.rules) add("the rules for unknown characters");
  return text;
}

// Whether a published kind of model is read by a class of version 5 that has a
// rule of its own in the place of tokenizer.json's, which it was trained by.
// Tokens that are looked for in the normalised text are found by either rule in
// other places.
bool is_known_kind(const TokenizerFolder& folder, const TokenizerReading& own,
                   TokenizerClass five) {
  if (folder.tokenizer.is_null() ||
      std::any_of(own.added.begin(), own.added.end(),
                  [](const AddedToken& one) { return one.normalized; })) {
    return false;
  }
  const auto all = [](const json& steps, auto&& fits) {
    return std::all_of(steps.begin(), steps.end(), [&](const json& step) {
      return fits(step.at("type").get<std::string>());
    });
  };
  if (five == TokenizerClass::llama || five == TokenizerClass::code_llama) {
    return own.pre_tokenizer.empty() && !own.normalizer.empty() &&
           all(own.normalizer, [](const std::string& type) {
             return type == "Prepend" || type == "Replace";
           });
  }
  return five == TokenizerClass::gpt2 && own.normalizer.empty() &&
         own.pre_tokenizer.size() == 2 &&
         own.pre_tokenizer[0].at("type") == "Digits" &&
         own.pre_tokenizer[1].at("type") == "ByteLevel";
}

// What the files beside tokenizer.json change of it, as a text.
std::string changes(const TokenizerFolder& folder,
                    const TokenizerReading& reading) {
  const TokenizerReading own = read_json_alone(folder);
  if (difference(own, reading).empty()) return {};
  json tokens = json::array();
  for (const TokenRow& row : rows(reading.added)) {
    tokens.push_back(json(row));
  }
  return json{tokens, reading.normalizer, reading.pre_tokenizer, reading.rules}
      .dump();
}

std::string why(const TokenizerFolder& folder, const std::string& differs) {
  return differs + (folder.tokenizer_class.empty()
                        ? ""
                        : "; tokenizer_class " +
                              storage::printable(folder.tokenizer_class));
}

std::string remedy(const TokenizerFolder& folder) {
  if (folder.tokenizer.is_null()) {
    return "take the model with its tokenizer.json; or say \"legacy\": false "
           "in "
           "tokenizer_config.json if the space before a text is meant once, "
           "and "
           "list added tokens in its added_tokens_decoder";
  }
  return "where tokenizer.json is right as it stands, \"tokenizer_class\": "
         "\"PreTrainedTokenizerFast\" in tokenizer_config.json says so to "
         "both; "
         "where a token is meant, list it in added_tokens_decoder";
}

// Two readings as one tokenizer; `make` makes one of either.
template <class Make>
FolderTokenizer agreed(const TokenizerFolder& folder, TokenizerReading four,
                       TokenizerReading five, Make&& make) {
  const std::string file = folder.file("tokenizer_config.json");
  if (!four.refusal.empty() && !five.refusal.empty()) {
    throw JobError({file, "",
                    "transformers 4.57 can't read it (" + four.refusal +
                        "), nor can transformers 5 (" + five.refusal + ")",
                    "a tokenizer that either reads", ""});
  }
  FolderTokenizer out;
  const TokenizerReading& read = four.refusal.empty() ? four : five;
  const bool both = four.refusal.empty() && five.refusal.empty();
  if (both && is_known_kind(folder, four, five.of) &&
      (four.normalizer != five.normalizer ||
       four.pre_tokenizer != five.pre_tokenizer)) {
    out.notes.push_back(
        file +
        ": texts are cut by tokenizer.json, as transformers 4.57 does; "
        "transformers 5 has another rule for tokenizer_class " +
        folder.tokenizer_class);
    five.normalizer = four.normalizer;
    five.pre_tokenizer = four.pre_tokenizer;
    five.rules = four.rules;
  }
  out.tokenizer = std::make_unique<PipelineTokenizer>(make(read));
  if (!both) return out;
  const std::string differs = difference(four, five);
  if (differs.empty() && four.beginning == five.beginning) return out;
  std::unique_ptr<Tokenizer> second;
  if (!differs.empty()) {
    second = std::make_unique<PipelineTokenizer>(make(five));
  }
  out.tokenizer = std::make_unique<AgreedTokenizer>(
      std::move(out.tokenizer), std::move(second),
      Disagreement{file,
                   why(folder, differs.empty() ? "add_bos_token" : differs),
                   remedy(folder), five.beginning});
  return out;
}

}  // namespace

FolderTokenizer make_json_tokenizer(const TokenizerFolder& folder) {
  try {
    const TokenizerReading four = read_json_as(folder, Version::four);
    const TokenizerReading five = read_json_as(folder, Version::five);
    FolderTokenizer out = agreed(
        folder, four, five,
        [&](const TokenizerReading& one) { return json_parts(folder, one); });
    out.changes = changes(folder, four.refusal.empty() ? four : five);
    return out;
  } catch (const json::exception& error) {
    throw JobError({folder.file("tokenizer.json"), "", error.what(),
                    "a tokenizer's JSON", "fetch the file again"});
  }
}

FolderTokenizer read_folder_tokenizer(const std::string& path) {
  const TokenizerFolder folder = read_tokenizer_folder(path);
  if (!folder.tokenizer.is_null()) return make_json_tokenizer(folder);
  const std::string model = folder.file("tokenizer.model");
  if (!folder.has_sentencepiece) {
    throw JobError({path, "tokenizer", "none",
                    "tokenizer.json or tokenizer.model", "fetch it as well"});
  }
  const storage::SentencePieceModel pieces =
      storage::read_sentencepiece_model(model);
  try {
    return agreed(folder, read_sentencepiece_as(folder, pieces, Version::four),
                  read_sentencepiece_as(folder, pieces, Version::five),
                  [&](const TokenizerReading& one) {
                    return sentencepiece_parts(pieces, one, model);
                  });
  } catch (const json::exception& error) {
    throw JobError({folder.file("tokenizer_config.json"), "", error.what(),
                    "a tokenizer's settings", "fetch the file again"});
  }
}

}  // namespace coxswain::jobs
