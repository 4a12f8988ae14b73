#include "jobs/model/tokenizers/tokenizer_json.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "jobs/model/tokenizers/pipeline_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_settings.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/files/json_text.hpp"

namespace coxswain::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Far above any vocabulary.
constexpr std::int64_t kMostTokens = 1 << 24;

// Gathers the parts of a tokenizer from one JSON file; what is not computed
// here is refused by its key.
class Reader {
 public:
  Reader(std::string path, const json& file)
      : path_(std::move(path)), file_(file) {}

  TokenizerParts read() {
    read_added();
    read_normaliser(file_.value("normalizer", json()));
    read_pre_tokenizer(file_.value("pre_tokenizer", json()));
    read_post_processor(file_.value("post_processor", json()));
    TokenizerParts parts{std::move(added_), std::move(normaliser_),
                         std::move(pre_tokenizer_), read_model()};
    parts.byte_level = byte_level_;
    parts.space = space_;
    parts.trim_offsets = trim_offsets_;
    parts.added_prefix_space = added_prefix_space_;
    parts.beginning = beginning_;
    return parts;
  }

 private:
  [[noreturn]] void refuse(const std::string& key, const json& found,
                           const std::string& expected) const {
    std::string text = found.dump();
    if (text.size() > 200) text = text.substr(0, 200) + "...";
    throw JobError({path_, key, text, expected, ""});
  }

  std::int32_t id(const json& value, const std::string& key) const {
    const auto number = value.get<std::int64_t>();
    if (number < 0 || number >= kMostTokens) {
      refuse(key, value, "the number of a token");
    }
    return static_cast<std::int32_t>(number);
  }

  void read_added() {
    for (const json& one : file_.value("added_tokens", json::array())) {
      added_.push_back({one.at("content").get<std::string>(),
                        id(one.at("id"), "added_tokens"),
                        one.value("single_word", false),
                        one.value("lstrip", false), one.value("rstrip", false),
                        one.value("normalized", false)});
    }
  }

  void read_normaliser(const json& one) {
    if (one.is_null()) return;
    const auto type = one.at("type").get<std::string>();
    if (type == "Sequence") {
      for (const json& step : one.at("normalizers")) read_normaliser(step);
    } else if (type == "NFC") {
      normaliser_.emplace_back(ComposeStep{});
    } else if (type == "Prepend") {
      normaliser_.emplace_back(
          PrependStep{one.at("prepend").get<std::string>()});
    } else if (type == "Replace" && one.at("pattern").contains("String")) {
      if (one.at("pattern").at("String") == " ") space_ = one.at("content");
      normaliser_.emplace_back(
          ReplaceStep{one.at("pattern").at("String").get<std::string>(),
                      one.at("content").get<std::string>()});
    } else {
      refuse("normalizer", one, "NFC, Prepend or Replace of a string");
    }
  }

  void read_pre_tokenizer(const json& one) {
    if (one.is_null()) return;
    const auto type = one.at("type").get<std::string>();
    if (type == "Sequence") {
      for (const json& step : one.at("pretokenizers")) read_pre_tokenizer(step);
    } else if (type == "Split") {
      read_split(one);
    } else if (type == "Digits") {
      const bool single = one.value("individual_digits", false);
      pre_tokenizer_.emplace_back(SplitStep{
          std::make_shared<const Pattern>(single ? "\\p{N}" : "\\p{N}+", path_),
          SplitBehaviour::isolated});
    } else if (type == "ByteLevel") {
      read_byte_level(one);
    } else if (type == "Metaspace") {
      read_metaspace(one);
    } else {
      refuse("pre_tokenizer", one, "Split, Digits, ByteLevel or Metaspace");
    }
  }

  void read_split(const json& one) {
    const json& pattern = one.at("pattern");
    if (one.value("invert", false)) {
      refuse("pre_tokenizer", one, "invert = false");
    }
    const auto behaviour = one.at("behavior").get<std::string>();
    const std::pair<const char*, SplitBehaviour> kBehaviours[] = {
        {"Isolated", SplitBehaviour::isolated},
        {"MergedWithPrevious", SplitBehaviour::with_previous},
        {"MergedWithNext", SplitBehaviour::with_next},
        {"Removed", SplitBehaviour::removed}};
    for (const auto& [name, value] : kBehaviours) {
      if (behaviour != name) continue;
      const bool regex = pattern.contains("Regex");
      const auto text =
          pattern.at(regex ? "Regex" : "String").get<std::string>();
      pre_tokenizer_.emplace_back(SplitStep{
          std::make_shared<const Pattern>(regex ? Pattern(text, path_)
                                                : Pattern::literal(text)),
          value});
      return;
    }
    refuse("pre_tokenizer", one,
           "behavior Isolated, MergedWithPrevious, MergedWithNext or Removed");
  }

  // ByteLevel as steps: its prefix comes before its split, which sees it.
  void read_byte_level(const json& one) {
    byte_level_ = true;
    const bool prefix = one.value("add_prefix_space", false);
    if (one.value("use_regex", true)) {
      if (prefix) {
        pre_tokenizer_.emplace_back(
            MetaspaceStep{" ", MetaspaceStep::Prepend::always});
      }
      pre_tokenizer_.emplace_back(gpt2_split());
      pre_tokenizer_.emplace_back(ByteLevelStep{});
    } else {
      pre_tokenizer_.emplace_back(ByteLevelStep{prefix});
    }
  }

  void read_metaspace(const json& one) {
    MetaspaceStep step;
    step.replacement = one.at("replacement").get<std::string>();
    if (step.replacement.empty()) refuse("pre_tokenizer", one, "a replacement");
    space_ = step.replacement;
    // Older files have a flag in the place of a scheme.
    const std::string scheme =
        one.contains("prepend_scheme")
            ? one.at("prepend_scheme").get<std::string>()
            : (one.value("add_prefix_space", true) ? "always" : "never");
    step.prepend = scheme == "always"  ? MetaspaceStep::Prepend::always
                   : scheme == "first" ? MetaspaceStep::Prepend::first
                                       : MetaspaceStep::Prepend::never;
    if (step.prepend == MetaspaceStep::Prepend::never && scheme != "never") {
      refuse("pre_tokenizer", one, "prepend_scheme always, first or never");
    }
    if (one.value("split", true)) {
      step.split_before =
          std::make_shared<const Pattern>(Pattern::literal(step.replacement));
    }
    pre_tokenizer_.emplace_back(step);
  }

  void read_post_processor(const json& one) {
    if (one.is_null()) return;
    const auto type = one.at("type").get<std::string>();
    if (type == "Sequence") {
      for (const json& step : one.at("processors")) read_post_processor(step);
    } else if (type == "ByteLevel") {
      trim_offsets_ = trim_offsets_ || one.value("trim_offsets", true);
      added_prefix_space_ = one.value("add_prefix_space", true);
    } else if (type == "TemplateProcessing") {
      read_template(one);
    } else {
      refuse("post_processor", one, "ByteLevel or TemplateProcessing");
    }
  }

  // Reads what goes round a text: at most one token before it, and none behind.
  void read_template(const json& one) {
    bool text_seen = false;
    for (const json& part : one.at("single")) {
      if (part.contains("Sequence")) {
        text_seen = true;
        continue;
      }
      const auto name = part.at("SpecialToken").at("id").get<std::string>();
      const json& ids = one.at("special_tokens").at(name).at("ids");
      if (text_seen || beginning_ >= 0 || ids.size() != 1) {
        refuse("post_processor", one.at("single"),
               "at most one token, before the text");
      }
      beginning_ = id(ids[0], "post_processor");
    }
  }

  Bpe read_model() const {
    const json& model = file_.at("model");
    if (model.value("type", "BPE") != "BPE") {
      refuse("model.type", model.at("type"), "BPE");
    }
    for (const char* key :
         {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
      const json value = model.value(key, json());
      if (!value.is_null() && value != "" && value != 0.0) {
        refuse("model." + std::string(key), value, "null");
      }
    }
    std::vector<std::string> pieces;
    // Numbers have few holes: one far beyond the others is damage.
    const std::size_t most = 2 * model.at("vocab").size() + 1024;
    for (const auto& [text, number] : model.at("vocab").items()) {
      const auto place = static_cast<std::size_t>(id(number, "model.vocab"));
      if (place > most)
        refuse("model.vocab", number, "a number near the others");
      if (place >= pieces.size()) pieces.resize(place + 1);
      pieces[place] = text;
    }
    BpeRules rules;
    rules.byte_fallback = model.value("byte_fallback", false);
    rules.ignore_merges = model.value("ignore_merges", false);
    rules.fuse_unknown = model.value("fuse_unk", false);
    const json unknown = model.value("unk_token", json());
    if (unknown.is_string()) {
      const json& vocab = model.at("vocab");
      const auto name = unknown.get<std::string>();
      if (!vocab.contains(name)) {
        refuse("model.unk_token", unknown, "a token of the vocabulary");
      }
      rules.unknown = id(vocab.at(name), "model.vocab");
    }
    return {std::move(pieces), read_merges(model.at("merges")), rules, path_};
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

  std::string path_;
  const json& file_;
  std::vector<AddedToken> added_;
  Normaliser normaliser_;
  PreTokenizer pre_tokenizer_;
  bool byte_level_ = false, trim_offsets_ = false, added_prefix_space_ = false;
  std::string space_;
  std::int32_t beginning_ = -1;
};

// Llama's and Gemma's tokenizer classes follow tokenizer_config.json, not the
// post-processor.
void apply(const TokenizerSettings& settings, const std::string& path,
           TokenizerParts& parts) {
  if (!settings.add_beginning) return;
  parts.beginning = -1;
  if (!*settings.add_beginning) return;
  for (const AddedToken& token : parts.added) {
    if (token.content == settings.beginning) parts.beginning = token.id;
  }
  if (parts.beginning < 0) {
    throw JobError({path, "bos_token of tokenizer_config.json",
                    settings.beginning, "an added token", ""});
  }
}

}  // namespace

std::unique_ptr<Tokenizer> read_tokenizer_json(const std::string& folder) {
  const std::string path = (fs::path(folder) / "tokenizer.json").string();
  try {
    const json file = storage::parse_json(storage::read_text(path), path);
    TokenizerParts parts = Reader(path, file).read();
    apply(read_tokenizer_settings(folder), path, parts);
    return std::make_unique<PipelineTokenizer>(std::move(parts));
  } catch (const json::exception& error) {
    throw JobError(
        {path, "", error.what(), "a tokenizer's JSON", "fetch the file again"});
  }
}

}  // namespace coxswain::jobs
