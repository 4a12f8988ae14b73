#include "jobs/model/tokenizers/folder_tokens.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "jobs/model/tokenizers/json_fields.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

constexpr const char* kSettings = "tokenizer_config.json";
constexpr const char* kMap = "special_tokens_map.json";

bool is_special_key(const std::string& key) {
  return std::find(std::begin(kSpecialKeys), std::end(kSpecialKeys), key) !=
         std::end(kSpecialKeys);
}

// Whether Python would call it true.
bool truthy(const json& value) {
  return !value.is_null() && !value.empty() && value != false;
}

// One reading of a folder under way.
class Gatherer {
 public:
  Gatherer(const TokenizerFolder& folder, TokenizerClass one, Version version,
           const std::vector<DeclaredToken>& sentencepiece)
      : folder_(folder),
        class_(one),
        version_(version),
        sentencepiece_(sentencepiece) {}

  FolderTokens gather() {
    for (const char* key : kSpecialKeys)
      set(key, folder_.setting(key), kSettings);
    if (version_ == Version::four) {
      lists_of_four();
    } else {
      lists_of_five();
    }
    if (folder_.says("added_tokens_decoder")) {
      numbered_settings();
    } else {
      read_map();
      numbered_files();
    }
    take_numbered_flags();
    take_defaults();
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse(const char* file, const std::string& key,
                           const json& found, const char* expected) const {
    throw JobError({folder_.file(file), key, storage::printable(found.dump()),
                    expected, ""});
  }

  void set(const std::string& key, const json& value, const char* file) {
    const auto token =
        declared_token(value, folder_.file(file), key, file == kMap);
    if (file == kMap || folder_.says(key.c_str())) said_.insert(key);
    out_.named.erase(key);
    if (token) out_.named[key] = *token;
  }

  std::vector<DeclaredToken> list(const json& values, const char* file,
                                  const char* key, bool bare = false) const {
    std::vector<DeclaredToken> tokens;
    if (values.is_null()) return tokens;
    if (!values.is_array()) refuse(file, key, values, "a list of tokens");
    for (const json& value : values) {
      if (value.is_null()) refuse(file, key, values, "a list of tokens");
      tokens.push_back(required_token(value, folder_.file(file), key, bare));
    }
    return tokens;
  }

  // The tokens of an object of roles, in the file's order.
  std::vector<DeclaredToken> roles(const json& object) const {
    std::vector<DeclaredToken> tokens;
    for (const std::string& name : folder_.extra_names) {
      const auto token =
          declared_token(object.at(name), folder_.file(kSettings),
                         "extra_special_tokens." + name);
      if (!token) {
        refuse(kSettings, "extra_special_tokens." + name, nullptr, "a token");
      }
      tokens.push_back(*token);
    }
    return tokens;
  }

  void lists_of_four() {
    out_.more = list(folder_.setting("additional_special_tokens"), kSettings,
                     "additional_special_tokens");
    const json& extra = folder_.setting("extra_special_tokens");
    if (extra.is_object()) {
      out_.roles = roles(extra);
    } else if (folder_.says("extra_special_tokens")) {
      out_.refusal = "extra_special_tokens is no object of names";
    }
  }

  void lists_of_five() {
    const json& extra = folder_.setting("extra_special_tokens");
    const bool additional = folder_.says("additional_special_tokens");
    own_roles(folder_.settings);
    if (extra.is_object()) {
      for (DeclaredToken& one : roles(extra)) out_.roles.push_back(one);
    }
    list_given_ = extra.is_array() || (additional && !truthy(extra));
    if (additional && !extra.is_array()) {
      out_.more = list(folder_.setting("additional_special_tokens"), kSettings,
                       "additional_special_tokens");
      list_given_ = true;
    }
    if (extra.is_array()) {
      const bool replaced = additional && extra.empty();
      out_.more = replaced ? list(folder_.setting("additional_special_tokens"),
                                  kSettings, "additional_special_tokens")
                           : list(extra, kSettings, "extra_special_tokens");
    }
    // The marks of a tokenizer.model stand where no list does.
    if (!list_given_) out_.more = sentencepiece_;
  }

  // "image_token" and the like at the top of the settings, texts alone.
  void own_roles(const json& settings) {
    for (const auto& [key, value] : settings.items()) {
      if (key.ends_with("_token") && !is_special_key(key) &&
          value.is_string()) {
        out_.roles.push_back(required_token(value, "", key));
      }
    }
  }

  void number(std::int64_t id, DeclaredToken token, const char* file,
              const std::string& key) {
    out_.numbered[id] = {std::move(token), folder_.file(file), key};
  }

  void numbered_settings() {
    const json& decoder = folder_.setting("added_tokens_decoder");
    const char* key = "added_tokens_decoder";
    if (!decoder.is_object()) {
      refuse(kSettings, key, decoder, "an object of tokens by number");
    }
    for (const auto& [text, value] : decoder.items()) {
      std::int64_t id = -1;
      const char* end = text.data() + text.size();
      if (std::from_chars(text.data(), end, id).ptr != end || id < 0) {
        refuse(kSettings, key, text, "the number of a token");
      }
      if (!value.is_object()) {
        refuse(kSettings, key, value, "an object with \"content\"");
      }
      number(id, required_token(value, folder_.file(kSettings), key, true),
             kSettings, key);
    }
  }

  // special_tokens_map.json, which counts before the settings.
  void read_map() {
    if (!folder_.special_tokens.is_object()) return;
    for (const auto& [key, value] : folder_.special_tokens.items()) {
      if (key == "additional_special_tokens") {
        additional_of_map(value);
      } else if (is_special_key(key)) {
        set(key, value, kMap);
        const auto token = out_.named.find(key);
        if (token != out_.named.end() && !token->second.plain) {
          token->second.token.special = true;
        }
      } else if (key == "extra_special_tokens") {
        refuse(kMap, key, value, "it in tokenizer_config.json");
      }
    }
    if (version_ == Version::five) own_roles(folder_.special_tokens);
  }

  void additional_of_map(const json& value) {
    std::vector<DeclaredToken> tokens =
        list(value, kMap, "additional_special_tokens", true);
    const bool objects =
        std::any_of(tokens.begin(), tokens.end(),
                    [](const auto& one) { return !one.plain; });
    if (version_ == Version::five) {
      if (list_given_) return;
      if (objects) {
        out_.refusal =
            "additional_special_tokens of special_tokens_map.json has objects";
      }
      out_.more = std::move(tokens);
      return;
    }
    for (DeclaredToken& token : tokens) {
      if (!token.plain) token.token.special = true;
      const bool there =
          std::any_of(out_.more.begin(), out_.more.end(), [&](const auto& one) {
            return one.plain && token.plain &&
                   one.token.content == token.token.content;
          });
      if (!there) out_.more.push_back(std::move(token));
    }
  }

  void numbered_files() {
    std::set<std::string> special;
    for (const auto& [key, one] : out_.named) special.insert(one.token.content);
    for (const DeclaredToken& one : out_.more) {
      special.insert(one.token.content);
    }
    if (folder_.added_tokens.is_object()) {
      for (const auto& [content, id] : folder_.added_tokens.items()) {
        if (!id.is_number_integer()) {
          refuse("added_tokens.json", content, id, "the number of a token");
        }
        DeclaredToken token;
        token.plain = false;
        token.token.content = content;
        token.token.special = special.contains(content);
        number(id.get<std::int64_t>(), std::move(token), "added_tokens.json",
               storage::printable(content));
      }
    }
    const auto own = folder_.tokenizer.find("added_tokens");
    if (own == folder_.tokenizer.end() || !own->is_array()) return;
    for (const json& one : *own) {
      number(token_number(one.at("id"), folder_.file("tokenizer.json"),
                          "added_tokens"),
             required_token(one, folder_.file("tokenizer.json"), "added_tokens",
                            true),
             "tokenizer.json", "added_tokens");
    }
  }

  // A named token that is numbered, too, has that one's flags.
  void take_numbered_flags() {
    for (auto& [key, token] : out_.named) {
      for (const auto& [id, one] : out_.numbered) {
        if (one.declared.token.content == token.token.content) {
          token = one.declared;
        }
      }
    }
  }

  void take_defaults() {
    for (const auto& [key, text] : default_tokens(class_, version_)) {
      if (said_.contains(key)) continue;
      DeclaredToken token;
      token.token.content = text;
      out_.named[key] = token;
    }
    const bool four = version_ == Version::four;
    if (class_ == TokenizerClass::qwen2 && four) {
      for (auto& [key, token] : out_.named) {
        if (!token.plain) continue;
        token.plain = false;
        token.token = token.resolved(true);
      }
    }
    if (class_ != TokenizerClass::code_llama) return;
    for (const char* text : {"\u2581<PRE>", "\u2581<MID>", "\u2581<SUF>",
                             "\u2581<EOT>", "<FILL_ME>"}) {
      DeclaredToken token;
      token.token.content = text;
      if (four && token.token.content == "<FILL_ME>") continue;
      (four ? out_.more : out_.roles).push_back(token);
    }
  }

  const TokenizerFolder& folder_;
  TokenizerClass class_;
  Version version_;
  const std::vector<DeclaredToken>& sentencepiece_;
  FolderTokens out_;
  std::set<std::string> said_;  // keys of named tokens that a file has
  bool list_given_ = false;     // of tokens without a role, to version 5
};

bool equal(const AddedToken& a, const AddedToken& b) {
  return a.content == b.content && a.single_word == b.single_word &&
         a.lstrip == b.lstrip && a.rstrip == b.rstrip &&
         a.normalized == b.normalized && a.special == b.special;
}

// All special tokens in the order in which new ones are numbered.
std::vector<DeclaredToken> special_tokens(const FolderTokens& tokens,
                                          Version version) {
  std::vector<DeclaredToken> all;
  for (const char* key : kSpecialKeys) {
    const auto found = tokens.named.find(key);
    if (found != tokens.named.end()) all.push_back(found->second);
  }
  const bool four = version == Version::four;
  for (const auto* list : {four ? &tokens.more : &tokens.roles,
                           four ? &tokens.roles : &tokens.more}) {
    all.insert(all.end(), list->begin(), list->end());
  }
  return all;
}

}  // namespace

FolderTokens folder_tokens(const TokenizerFolder& folder, TokenizerClass one,
                           Version version,
                           const std::vector<DeclaredToken>& sentencepiece) {
  return Gatherer(folder, one, version, sentencepiece).gather();
}

void add_tokens(const FolderTokens& tokens, Version version,
                AddedVocabulary& vocabulary) {
  const bool four = version == Version::four;
  std::vector<DeclaredToken> wanted;
  for (const auto& [id, one] : tokens.numbered) {
    if (!vocabulary.holds(one.declared.resolved())) {
      wanted.push_back(one.declared);
    }
  }
  const std::vector<DeclaredToken> numbered = wanted;
  const std::vector<DeclaredToken> special = special_tokens(tokens, version);
  std::set<std::string> seen, contents;
  for (const DeclaredToken& one : special) contents.insert(one.token.content);
  for (const DeclaredToken& one : special) {
    if (!seen.insert(one.token.content).second) continue;
    const auto is_it = [&](const DeclaredToken& other) {
      return other.token.content == one.token.content;
    };
    const bool known = vocabulary.has(one.token.content) ||
                       std::any_of(numbered.begin(), numbered.end(), is_it);
    // Version 4 adds objects again, whose flags may be others.
    const bool again =
        four && !one.plain &&
        std::none_of(numbered.begin(), numbered.end(), [&](const auto& other) {
          return equal(other.resolved(), one.resolved());
        });
    if (!known || again) wanted.push_back(one);
  }
  std::set<std::string> named;
  for (const auto& [key, one] : tokens.named) named.insert(one.token.content);
  for (const DeclaredToken& one : tokens.roles) named.insert(one.token.content);
  std::vector<AddedToken> resolved;
  for (const DeclaredToken& one : wanted) {
    const auto& made_special = four ? contents : named;
    resolved.push_back(one.resolved(one.plain || one.token.special ||
                                    made_special.contains(one.token.content)));
  }
  vocabulary.add(resolved);
}

}  // namespace coxswain::jobs
