#include "jobs/model/tokenizers/pipeline_steps.hpp"

#include <utility>

#include "jobs/model/tokenizers/json_fields.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

// Makes steps of their spelling in tokenizer.json; what is not computed here
// is refused by its key.
class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  PipelineSteps read(const json& normaliser, const json& pre_tokenizer) {
    for (const json& step : normaliser) read_normaliser(step);
    for (const json& step : pre_tokenizer) read_pre_tokenizer(step);
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse(const std::string& key, const json& found,
                           const std::string& expected) const {
    refuse_field(path_, key, found, expected);
  }

  void read_normaliser(const json& one) {
    const auto type = one.at("type").get<std::string>();
    if (type == "NFC") {
      out_.normaliser.emplace_back(ComposeStep{});
    } else if (type == "Prepend") {
      out_.normaliser.emplace_back(
          PrependStep{one.at("prepend").get<std::string>()});
    } else if (type == "Replace" && one.at("pattern").contains("String")) {
      if (one.at("pattern").at("String") == " ") out_.space = one.at("content");
      out_.normaliser.emplace_back(
          ReplaceStep{one.at("pattern").at("String").get<std::string>(),
                      one.at("content").get<std::string>()});
    } else {
      refuse("normalizer", one, "NFC, Prepend or Replace of a string");
    }
  }

  void read_pre_tokenizer(const json& one) {
    const auto type = one.at("type").get<std::string>();
    if (type == "Split") {
      read_split(one);
    } else if (type == "Digits") {
      const bool single = one.value("individual_digits", false);
      out_.pre_tokenizer.emplace_back(SplitStep{
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
    const std::pair<const char*, SplitBehaviour> behaviours[] = {
        {"Isolated", SplitBehaviour::isolated},
        {"MergedWithPrevious", SplitBehaviour::with_previous},
        {"MergedWithNext", SplitBehaviour::with_next},
        {"Removed", SplitBehaviour::removed}};
    for (const auto& [name, value] : behaviours) {
      if (behaviour != name) continue;
      const bool regex = pattern.contains("Regex");
      const auto text =
          pattern.at(regex ? "Regex" : "String").get<std::string>();
      out_.pre_tokenizer.emplace_back(SplitStep{
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
    out_.byte_level = true;
    const bool prefix = one.value("add_prefix_space", false);
    if (one.value("use_regex", true)) {
      if (prefix) {
        out_.pre_tokenizer.emplace_back(
            MetaspaceStep{" ", MetaspaceStep::Prepend::always});
      }
      out_.pre_tokenizer.emplace_back(gpt2_split());
      out_.pre_tokenizer.emplace_back(ByteLevelStep{});
    } else {
      out_.pre_tokenizer.emplace_back(ByteLevelStep{prefix});
    }
  }

  void read_metaspace(const json& one) {
    MetaspaceStep step;
    step.replacement = one.at("replacement").get<std::string>();
    if (step.replacement.empty()) refuse("pre_tokenizer", one, "a replacement");
    out_.space = step.replacement;
    const auto scheme = one.at("prepend_scheme").get<std::string>();
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
    out_.pre_tokenizer.emplace_back(step);
  }

  std::string path_;
  PipelineSteps out_;
};

}  // namespace

PipelineSteps pipeline_steps(const json& normaliser, const json& pre_tokenizer,
                             const std::string& path) {
  return Reader(path).read(normaliser, pre_tokenizer);
}

}  // namespace coxswain::jobs
