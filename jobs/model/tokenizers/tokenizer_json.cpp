#include "jobs/model/tokenizers/tokenizer_json.hpp"

#include <utility>

#include "jobs/model/tokenizers/decoder_json.hpp"
#include "jobs/model/tokenizers/json_fields.hpp"
#include "jobs/model/tokenizers/pipeline_steps.hpp"
#include "jobs/model/tokenizers/post_processor.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

// Reads vocabulary and merges; what is not computed here is refused by its key.
class ModelReader {
 public:
  ModelReader(std::string path, const json& model)
      : path_(std::move(path)), model_(model) {}

  Bpe read(const json& spelled_rules) const {
    for (const char* key :
         {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
      const json value = model_.value(key, json());
      if (!value.is_null() && value != "" && value != 0.0) {
        refuse("model." + std::string(key), value, "null");
      }
    }
    return {pieces(), read_merges(model_.at("merges")), rules(spelled_rules),
            path_};
  }

 private:
  std::vector<std::string> pieces() const {
    const json& vocab = model_.at("vocab");
    std::vector<std::string> pieces;
    // Numbers have few holes: one far beyond the others is damage.
    const std::size_t most = 2 * vocab.size() + 1024;
    for (const auto& [text, number] : vocab.items()) {
      const auto place = static_cast<std::size_t>(id(number, "model.vocab"));
      if (place > most) {
        refuse("model.vocab", number, "a number near the others");
      }
      if (place >= pieces.size()) pieces.resize(place + 1);
      pieces[place] = text;
    }
    return pieces;
  }

  BpeRules rules(const json& spelled) const {
    BpeRules rules;
    rules.byte_fallback = spelled.at("byte_fallback");
    rules.ignore_merges = spelled.at("ignore_merges");
    rules.fuse_unknown = spelled.at("fuse_unk");
    const json& unknown = spelled.at("unk_token");
    if (unknown.is_string()) {
      const json& vocab = model_.at("vocab");
      const auto name = unknown.get<std::string>();
      if (!vocab.contains(name)) {
        refuse("model.unk_token", unknown, "a token of the vocabulary");
      }
      rules.unknown = id(vocab.at(name), "model.vocab");
    }
    return rules;
  }

  // Merges are ["a", "b"], or "a b" in older files.
  Bpe::Merges read_merges(const json& list) const {
    Bpe::Merges merges;
    merges.reserve(list.size());
    for (const json& one : list) {
      if (one.is_array() && one.size() == 2) {
        merges.emplace_back(one[0].get<std::string>(),
                            one[1].get<std::string>());
        continue;
      }
      const auto text = one.is_string() ? one.get<std::string>() : "";
      const std::size_t space = text.find(' ');
      if (space == std::string::npos) refuse("model.merges", one, "a pair");
      merges.emplace_back(text.substr(0, space), text.substr(space + 1));
    }
    return merges;
  }

  [[noreturn]] void refuse(const std::string& key, const json& found,
                           const std::string& expected) const {
    refuse_field(path_, key, found, expected);
  }
  std::int32_t id(const json& value, const std::string& key) const {
    return token_number(value, path_, key);
  }

  std::string path_;
  const json& model_;
};

}  // namespace

TokenizerParts json_parts(const TokenizerFolder& folder,
                          const TokenizerReading& reading) {
  const std::string path = folder.file("tokenizer.json");
  PipelineSteps steps =
      pipeline_steps(reading.normalizer, reading.pre_tokenizer, path);
  const PostProcessor last = read_post_processor(
      folder.tokenizer.value("post_processor", json()), path);
  TokenizerParts parts{
      reading.added, std::move(steps.normaliser),
      std::move(steps.pre_tokenizer),
      ModelReader(path, folder.tokenizer.at("model")).read(reading.rules)};
  parts.byte_level = steps.byte_level;
  parts.space = steps.space;
  parts.trim_offsets = last.trim_offsets;
  parts.added_prefix_space = last.added_prefix_space;
  parts.beginning = reading.beginning;
  parts.first_space = first_space_of(folder.tokenizer.value("decoder", json()));
  return parts;
}

}  // namespace coxswain::jobs
