#include "jobs/model/tokenizers/tokenizer_class.hpp"

#include "jobs/task/job_error.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::jobs {
namespace {

using Class = TokenizerClass;

// Names without the "Fast" that may follow.
constexpr std::pair<const char*, Class> kClasses[] = {
    {"PreTrainedTokenizer", Class::plain},
    {"GPT2Tokenizer", Class::gpt2},
    {"GPTNeoXTokenizer", Class::gpt_neox},
    {"Qwen2Tokenizer", Class::qwen2},
    {"LlamaTokenizer", Class::llama},
    {"CodeLlamaTokenizer", Class::code_llama},
    {"GemmaTokenizer", Class::gemma}};
// Of version 5 alone.
constexpr const char* kBackend = "TokenizersBackend";

// The class of a kind of models, where settings name none.
struct ModelClass {
  const char* model_type;
  Class four;
  std::optional<Class> five;  // nullopt: what the settings name
};
constexpr ModelClass kModels[] = {
    {"gpt2", Class::gpt2, Class::gpt2},
    {"gpt_neox", Class::gpt_neox, Class::gpt_neox},
    {"llama", Class::llama, std::nullopt},
    {"mistral", Class::llama, Class::plain},
    {"qwen2", Class::qwen2, Class::qwen2},
    {"qwen3", Class::qwen2, Class::qwen2},
    {"gemma", Class::gemma, Class::gemma},
    {"gemma2", Class::gemma, Class::gemma},
    {"gemma3", Class::gemma, Class::gemma},
    {"gemma3_text", Class::gemma, Class::gemma},
};

const ModelClass* model_class(const TokenizerFolder& folder) {
  for (const ModelClass& one : kModels) {
    if (folder.model_type == one.model_type) return &one;
  }
  return nullptr;
}

Class named_class(const TokenizerFolder& folder) {
  std::string name = folder.tokenizer_class;
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  std::string known;
  for (const auto& [text, value] : kClasses) {
    if (name == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(text);
  }
  throw JobError(
      {folder.file("tokenizer_config.json"), "tokenizer_class",
       storage::printable(folder.tokenizer_class),
       "one of " + known + " (each with or without Fast)",
       "\"PreTrainedTokenizerFast\" reads tokenizer.json as it stands"});
}

bool is_byte_level(const TokenizerFolder& folder) {
  for (const char* part :
       {"normalizer", "pre_tokenizer", "post_processor", "decoder"}) {
    const auto found = folder.tokenizer.find(part);
    if (found != folder.tokenizer.end() &&
        found->dump().find("\"ByteLevel\"") != std::string::npos) {
      return true;
    }
  }
  return false;
}

Class class_of_five(const TokenizerFolder& folder) {
  const ModelClass* model = model_class(folder);
  if (folder.tokenizer_class.empty()) {
    return model != nullptr ? model->five.value_or(Class::plain) : Class::plain;
  }
  if (folder.tokenizer_class == kBackend) {
    // A model with a class of its own takes the settings' word all the same,
    // but for one.
    return folder.model_type == "qwen2" ? Class::qwen2 : Class::plain;
  }
  const Class named = named_class(folder);
  const bool mistral = folder.model_type == "mistral";
  // Llama's class has SentencePiece's rule, which byte-level files would not
  // survive.
  if (named == Class::llama && !mistral && folder.model_type != "qwen2" &&
      is_byte_level(folder)) {
    return Class::plain;
  }
  if (mistral) return Class::plain;
  if (folder.model_type == "qwen2") return Class::qwen2;
  return named;
}

void refuse_own_code(const TokenizerFolder& folder) {
  const nlohmann::json& map = folder.setting("auto_map");
  if (map.is_array() || (map.is_object() && map.contains("AutoTokenizer"))) {
    throw JobError({folder.file("tokenizer_config.json"), "auto_map",
                    storage::printable(map.dump()),
                    "no code of the folder's own",
                    "a tokenizer that is a Python program is not read here"});
  }
}

}  // namespace

std::string name_of(Version version) {
  return version == Version::four ? "transformers 4.57" : "transformers 5";
}

std::optional<TokenizerClass> class_of(const TokenizerFolder& folder,
                                       Version version) {
  refuse_own_code(folder);
  if (version == Version::five) return class_of_five(folder);
  if (folder.tokenizer_class == kBackend) return std::nullopt;
  if (!folder.tokenizer_class.empty()) return named_class(folder);
  const ModelClass* model = model_class(folder);
  return model != nullptr ? model->four : Class::plain;
}

std::vector<KeyAndText> default_tokens(TokenizerClass one, Version version) {
  constexpr const char* kEnd = "<|endoftext|>";
  const bool five = version == Version::five;
  switch (one) {
    case Class::plain:
      return {};
    case Class::gpt2:
      return {{"bos_token", kEnd}, {"eos_token", kEnd}, {"unk_token", kEnd}};
    case Class::gpt_neox: {
      std::vector<KeyAndText> tokens = default_tokens(Class::gpt2, version);
      if (five) tokens.push_back({"pad_token", "<|padding|>"});
      return tokens;
    }
    case Class::qwen2:
      return {{"eos_token", kEnd}, {"unk_token", kEnd}, {"pad_token", kEnd}};
    case Class::llama:
    case Class::code_llama:
      return {
          {"bos_token", "<s>"}, {"eos_token", "</s>"}, {"unk_token", "<unk>"}};
    case Class::gemma: {
      std::vector<KeyAndText> tokens{{"bos_token", "<bos>"},
                                     {"eos_token", "<eos>"},
                                     {"unk_token", "<unk>"},
                                     {"pad_token", "<pad>"}};
      if (five) tokens.push_back({"mask_token", "<mask>"});
      return tokens;
    }
  }
  return {};
}

}  // namespace coxswain::jobs
