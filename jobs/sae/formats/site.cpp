#include "jobs/sae/formats/site.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/files/utf8.hpp"

namespace coxswain::jobs {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kLongestNumber = 6;  // digits of a layer

struct KindName {
  SiteKind kind;
  const char* name;
  const char* hook;  // TransformerLens', below its block
};
constexpr KindName kKinds[] = {
    {SiteKind::unknown, "a site that is not said", ""},
    {SiteKind::embedding, "the embedding", "hook_embed"},
    {SiteKind::resid_pre, "resid_pre", "hook_resid_pre"},
    {SiteKind::resid_mid, "resid_mid", "hook_resid_mid"},
    {SiteKind::resid_post, "resid_post", "hook_resid_post"},
    {SiteKind::attention_out, "the output of attention", "hook_attn_out"},
    {SiteKind::attention_heads, "the heads of attention", "attn.hook_z"},
    {SiteKind::mlp_out, "the output of the MLP", "hook_mlp_out"},
    {SiteKind::other, "another site", "hook_other"}};

// What modules and hooks below a block are called. Whatever else has a block
// is another site.
struct Spelling {
  std::string_view name;
  SiteKind kind;
};
constexpr Spelling kBelowBlock[] = {
    {"", SiteKind::resid_post},
    {"hook_out", SiteKind::resid_post},
    {"hook_resid_post", SiteKind::resid_post},
    {"resid_post", SiteKind::resid_post},
    {"resid_out", SiteKind::resid_post},
    {"hook_in", SiteKind::resid_pre},
    {"hook_resid_pre", SiteKind::resid_pre},
    {"resid_pre", SiteKind::resid_pre},
    {"hook_resid_mid", SiteKind::resid_mid},
    {"resid_mid", SiteKind::resid_mid},
    {"ln2.hook_in", SiteKind::resid_mid},
    {"hook_mlp_out", SiteKind::mlp_out},
    {"mlp_out", SiteKind::mlp_out},
    {"mlp.hook_out", SiteKind::mlp_out},
    {"mlp", SiteKind::mlp_out},
    {"feed_forward", SiteKind::mlp_out},
    {"mlp.down_proj", SiteKind::mlp_out},
    {"mlp.c_proj", SiteKind::mlp_out},
    {"mlp.dense_4h_to_h", SiteKind::mlp_out},
    {"hook_attn_out", SiteKind::attention_out},
    {"attn_out", SiteKind::attention_out},
    {"attn.hook_out", SiteKind::attention_out},
    {"attn", SiteKind::attention_out},
    {"self_attn", SiteKind::attention_out},
    {"attention", SiteKind::attention_out},
    {"self_attn.o_proj", SiteKind::attention_out},
    {"attn.c_proj", SiteKind::attention_out},
    {"attention.dense", SiteKind::attention_out},
    {"attn.hook_z", SiteKind::attention_heads},
    {"hook_z", SiteKind::attention_heads}};

// What the input of a module is.
constexpr Spelling kInputs[] = {{"", SiteKind::resid_pre},
                                {"self_attn.o_proj", SiteKind::attention_heads},
                                {"attn.c_proj", SiteKind::attention_heads},
                                {"attention.dense", SiteKind::attention_heads}};

constexpr std::string_view kEmbeddings[] = {
    "hook_embed",   "embed", "embedding", "embeddings",
    "embed_tokens", "wte",   "embed_in",  "hook_pos_embed"};
// Behind the last block.
constexpr std::string_view kBehind[] = {
    "ln_final", "ln_f", "final_layer_norm", "lm_head", "unembed", "embed_out"};

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

template <class Within>
Words split(const std::string& text, Within&& within) {
  Words words;
  std::string word;
  for (const char c : text) {
    if (within(c)) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

// Of digits alone; -1 for any other text.
std::int64_t number(std::string_view text) {
  if (text.empty() || text.size() > kLongestNumber ||
      text.find_first_not_of("0123456789") != std::string_view::npos) {
    return -1;
  }
  return std::atoll(std::string(text).c_str());
}

std::string at(const Words& words, std::size_t i) {
  return i < words.size() ? words[i] : std::string();
}

template <std::size_t N>
SiteKind find(const Spelling (&all)[N], std::string_view name) {
  const auto found =
      std::find_if(std::begin(all), std::end(all),
                   [&](const Spelling& one) { return one.name == name; });
  return found == std::end(all) ? SiteKind::other : found->kind;
}

bool is_block_word(std::string_view word) {
  return word == "blocks" || word == "block" || word == "layers" ||
         word == "layer" || word == "h";
}

// Whether the number at the end of the parts is a place in what a module
// gives: output.0, or a block's own 0.
bool is_of_tuple(const Words& parts) {
  return parts.size() == 1 || parts[parts.size() - 2] == "output" ||
         parts[parts.size() - 2] == "input";
}

// Of the parts behind a block's number: mlp, output, 0.
SiteKind kind_below_block(Words parts) {
  bool input = false;
  while (!parts.empty() &&
         (parts.back() == "output" || parts.back() == "input" ||
          (number(parts.back()) >= 0 && is_of_tuple(parts)))) {
    input = input || parts.back() == "input";
    parts.pop_back();
  }
  std::string name;
  for (const std::string& part : parts) {
    name += (name.empty() ? "" : ".") + part;
  }
  return input ? find(kInputs, name) : find(kBelowBlock, name);
}

// Of words that follow each other, as the formats' folders have them.
SiteKind kind_in(const Words& words) {
  const auto holds = [&](std::initializer_list<const char*> wanted) {
    return std::search(words.begin(), words.end(), wanted.begin(),
                       wanted.end()) != words.end();
  };
  // OpenAI's names say behind which half of a block the stream is read.
  if (holds({"resid", "post", "mlp"})) return SiteKind::resid_post;
  if (holds({"resid", "post", "attn"})) return SiteKind::resid_mid;
  if (holds({"resid", "delta", "mlp"})) return SiteKind::mlp_out;
  if (holds({"resid", "delta", "attn"})) return SiteKind::attention_out;
  if (holds({"mlp", "post", "act"})) return SiteKind::other;
  if (holds({"resid", "post"}) || holds({"resid", "out"})) {
    return SiteKind::resid_post;
  }
  if (holds({"resid", "pre"})) return SiteKind::resid_pre;
  if (holds({"resid", "mid"})) return SiteKind::resid_mid;
  if (holds({"mlp", "out"})) return SiteKind::mlp_out;
  if (holds({"attn", "out"}) || holds({"attention", "out"})) {
    return SiteKind::attention_out;
  }
  if (holds({"hook", "z"}) || holds({"hcat", "z"})) {
    return SiteKind::attention_heads;
  }
  return words == Words{"embedding"} || words == Words{"embed"}
             ? SiteKind::embedding
             : SiteKind::unknown;
}

// Whether the word at i is l and a number, and no sparsity (average_l0_71,
// l0_small) nor a norm's weight (l1-8e-5).
bool is_layer_letter(const Words& words, std::size_t i) {
  if (words[i][0] != 'l' || number(words[i].substr(1)) < 0) return false;
  const std::string next = at(words, i + 1);
  for (const char* word :
       {"small", "medium", "mid", "big", "large", "low", "high"}) {
    if (next == word) return false;
  }
  const bool measured =
      i > 0 && (words[i - 1] == "average" || words[i - 1] == "avg" ||
                words[i - 1] == "target");
  return !measured && (next.empty() || next[0] < '0' || next[0] > '9');
}

std::int64_t layer_in(const Words& words, bool file) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_block_word(words[i]) && words[i] != "h" &&
        number(at(words, i + 1)) >= 0) {
      return number(words[i + 1]);
    }
    if (words[i].starts_with("layer") && number(words[i].substr(5)) >= 0) {
      return number(words[i].substr(5));
    }
  }
  for (std::size_t i = 0; file && i < words.size(); ++i) {
    if (is_layer_letter(words, i)) return number(words[i].substr(1));
  }
  return -1;
}

// Llama Scope's L5R, L5M, L5A, L5TC.
Site llama_scope_site(const Words& words) {
  for (const std::string& word : words) {
    const std::size_t end = word.find_first_not_of("0123456789", 1);
    if (word[0] != 'l' || end == std::string::npos) continue;
    const std::int64_t layer =
        number(std::string_view(word).substr(1, end - 1));
    const std::string letters = word.substr(end);
    if (layer < 0) continue;
    if (letters == "r") return {SiteKind::resid_post, layer};
    if (letters == "m") return {SiteKind::mlp_out, layer};
    if (letters == "a") return {SiteKind::attention_out, layer};
    if (letters == "tc") return {SiteKind::other, layer};
  }
  return {};
}

// A name with the parts that hooks and modules have: a block's number between
// dots.
Site dotted_site(const std::string& name) {
  // model.layers[3].output[0] says what model.layers.3.output.0 does.
  const Words parts = split(name, [](char c) {
    return c != '.' && c != '[' && c != ']' && c != ' ';
  });
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const std::int64_t layer = number(parts[i + 1]);
    if (!is_block_word(parts[i])) continue;
    // blocks.-1: no block is numbered so.
    if (parts[i + 1][0] == '-') return {SiteKind::other, -1};
    if (layer < 0) continue;
    Words below(parts.begin() + static_cast<std::ptrdiff_t>(i) + 2,
                parts.end());
    return {kind_below_block(std::move(below)), layer};
  }
  const auto is_of = [](const auto& names, const std::string& part) {
    return std::find(std::begin(names), std::end(names), part) !=
           std::end(names);
  };
  for (const std::string& part : parts) {
    if (is_of(kEmbeddings, part)) return {SiteKind::embedding, -1};
    if (is_of(kBehind, part)) return {SiteKind::other, -1};
  }
  return {};
}

Site site_of_words(const Words& words, bool file) {
  const Site llama = llama_scope_site(words);
  if (llama.layer >= 0) return llama;
  // L2-resid-post says by its other words that L2 is a layer.
  const SiteKind kind = kind_in(words);
  return {kind, layer_in(words, file || kind != SiteKind::unknown)};
}

}  // namespace

const char* name_of(SiteKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].name;
}

Site site_named(const std::string& name) {
  const std::string text = storage::in_lower_case(name);
  if (text.starts_with("layer "))
    return {SiteKind::unknown, number(text.substr(6))};
  if (text == "model.norm" || text == "hook_other") {
    return {SiteKind::other, -1};
  }
  const Site dotted = dotted_site(text);
  if (dotted.kind != SiteKind::unknown) return dotted;
  return site_of_words(split(text, is_alphanumeric), false);
}

Site site_of_folder(const std::string& name, bool file) {
  const std::string text = storage::in_lower_case(name);
  const Site dotted = dotted_site(text);
  // layers.2 and blocks.8.hook_resid_pre are names; with more behind them
  // (blocks.8.hook_resid_pre_24576) the words say what there is.
  const Site words = site_of_words(split(text, is_alphanumeric), file);
  const bool worded =
      dotted.kind == SiteKind::other && words.kind != SiteKind::unknown;
  return dotted.layer >= 0 && !worded ? dotted : words;
}

Site site_of_repository(const std::string& name) {
  const Words words = split(storage::in_lower_case(name), is_alphanumeric);
  Site site = site_of_words(words, false);
  for (const std::string& word : words) {
    if (site.kind != SiteKind::unknown) break;
    if (word == "res" || word == "lxr") site.kind = SiteKind::resid_post;
    if (word == "mlp" || word == "lxm") site.kind = SiteKind::mlp_out;
    if (word == "att" || word == "attn") site.kind = SiteKind::attention_heads;
    if (word == "lxa") site.kind = SiteKind::attention_out;
  }
  return site;
}

Site as_output(const Site& site) {
  if (site.kind != SiteKind::resid_pre) return site;
  if (site.layer == 0) return {SiteKind::embedding, -1};
  return {SiteKind::resid_post, site.layer < 0 ? -1 : site.layer - 1};
}

std::string describe(const Site& site) {
  const std::string kind = name_of(site.kind);
  if (site.layer < 0 || site.kind == SiteKind::embedding) return kind;
  const std::string block = "block " + std::to_string(site.layer);
  return site.kind == SiteKind::unknown ? block : kind + " of " + block;
}

std::string hook_of(const Site& site) {
  const std::string hook = kKinds[static_cast<std::size_t>(site.kind)].hook;
  if (site.kind == SiteKind::embedding) return hook;
  if (site.layer < 0) return hook;
  if (hook.empty()) return "layer " + std::to_string(site.layer);
  return "blocks." + std::to_string(site.layer) + "." + hook;
}

}  // namespace coxswain::jobs
