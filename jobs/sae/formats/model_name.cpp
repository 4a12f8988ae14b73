#include "jobs/sae/formats/model_name.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace coxswain::jobs {
namespace {

// Runs of letters and of digits, in lower case; what stands between them.
struct Piece {
  std::string text;
  char before = 0;  // the character before it; 0: none, or it adjoins
  bool number = false;
};

// What a name says, as far as it does.
struct Facts {
  std::string family;
  std::string version;  // "2", "3.1"
  double size = 0;      // millions of weights
  bool tuned = false;
  std::set<std::string> variants;
};

struct FamilyWord {
  std::string_view word, family;
};
constexpr FamilyWord kFamilies[] = {{"gpt", "gpt"},
                                    {"pythia", "pythia"},
                                    {"llama", "llama"},
                                    {"smollm", "smollm"},
                                    {"tinyllama", "tinyllama"},
                                    {"mistral", "mistral"},
                                    {"mixtral", "mixtral"},
                                    {"qwen", "qwen"},
                                    {"gemma", "gemma"},
                                    {"phi", "phi"},
                                    {"opt", "opt"},
                                    {"bloom", "bloom"},
                                    {"falcon", "falcon"},
                                    {"olmo", "olmo"},
                                    {"vicuna", "vicuna"},
                                    {"gelu", "gelu"},
                                    {"tinystories", "tinystories"}};
constexpr std::string_view kTuned[] = {"it", "instruct", "chat", "sft", "dpo"};
constexpr std::string_view kVariants[] = {"deduped", "distill", "code", "coder",
                                          "math",    "neo",     "neox", "j",
                                          "oss",     "vl"};
struct SizeWord {
  std::string_view word;
  double millions;
};
constexpr SizeWord kGpt2Sizes[] = {
    {"small", 124}, {"medium", 355}, {"large", 774}, {"xl", 1558}};

// Families of this program that a named family can be loaded as: files of one
// kind call Mistral "llama".
struct LoadedAs {
  std::string_view family, version;
  std::vector<std::string> loaded;
};
const std::vector<LoadedAs>& loadings() {
  static const std::vector<LoadedAs> all = {
      {"gpt", "2", {"gpt2"}},
      {"pythia", "", {"gpt_neox"}},
      {"llama", "", {"llama"}},
      {"smollm", "", {"llama"}},
      {"tinyllama", "", {"llama"}},
      {"vicuna", "", {"llama"}},
      {"mistral", "", {"mistral", "llama"}},
      {"qwen", "2", {"qwen2"}},
      {"qwen", "2.5", {"qwen2"}},
      {"qwen", "3", {"qwen3"}},
      {"gemma", "", {"gemma", "gemma2", "gemma3_text"}},
      {"gemma", "1", {"gemma"}},
      {"gemma", "2", {"gemma2"}},
      {"gemma", "3", {"gemma3_text"}}};
  return all;
}

// The last part of a path or of org/name; of the hub's cache the repository's.
std::string own_part(std::string name) {
  const std::size_t cached = name.rfind("models--");
  if (cached != std::string::npos) {
    name = name.substr(cached + 8);
    name = name.substr(0, name.find('/'));
    const std::size_t org = name.find("--");
    return org == std::string::npos ? name : name.substr(org + 2);
  }
  while (name.ends_with('/')) name.pop_back();
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

std::vector<Piece> pieces_of(const std::string& name) {
  std::vector<Piece> pieces;
  char before = '-';
  bool open = false;
  for (const char original : name) {
    const char c = original >= 'A' && original <= 'Z'
                       ? static_cast<char>(original - 'A' + 'a')
                       : original;
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'z')) {
      before = c;
      open = false;
      continue;
    }
    if (!open || pieces.back().number != digit) {
      pieces.push_back({"", open ? '\0' : before, digit});
      open = true;
    }
    pieces.back().text += c;
  }
  return pieces;
}

bool is_at(const std::vector<Piece>& pieces, std::size_t i, bool number) {
  return i < pieces.size() && pieces[i].number == number;
}

// Whether the number at i, with a fraction or not, is a size: 2b, 1.7b, 135m.
// Sets `next` to the piece behind it.
double size_at(const std::vector<Piece>& pieces, std::size_t i,
               std::size_t& next) {
  std::string digits = pieces[i].text;
  std::size_t unit = i + 1;
  if (is_at(pieces, unit, true) && pieces[unit].before == '.') {
    digits += "." + pieces[unit].text;
    ++unit;
  }
  if (!is_at(pieces, unit, false) || pieces[unit].before != 0) return 0;
  const std::string& letters = pieces[unit].text;
  if (letters != "b" && letters != "m") return 0;
  next = unit + 1;
  const double value = std::strtod(digits.c_str(), nullptr);
  return letters == "b" ? 1000 * value : value;
}

template <std::size_t N>
bool is_one_of(const std::string_view (&words)[N], const std::string& word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Takes what stands at i, a number; returns the piece behind it.
std::size_t take_number(const std::vector<Piece>& pieces, std::size_t i,
                        bool behind_family, Facts& facts) {
  std::size_t next = i + 1;
  const double size = size_at(pieces, i, next);
  if (size > 0) {
    if (facts.size == 0) facts.size = size;
    return next;
  }
  if (!behind_family || !facts.version.empty()) return next;
  facts.version = pieces[i].text;
  // llama-3.1-8b, llama3_1-8b; but gemma-2-2b.
  std::size_t unused = 0;
  if (is_at(pieces, next, true) && pieces[next].text.size() == 1 &&
      size_at(pieces, next, unused) == 0) {
    facts.version += "." + pieces[next++].text;
  }
  return next;
}

Facts facts_of(const std::string& name) {
  const std::vector<Piece> pieces = pieces_of(own_part(name));
  Facts facts;
  bool behind_family = false;
  for (std::size_t i = 0; i < pieces.size();) {
    if (pieces[i].number) {
      i = take_number(pieces, i, behind_family, facts);
      behind_family = false;
      continue;
    }
    const std::string& word = pieces[i++].text;
    const auto family =
        std::find_if(std::begin(kFamilies), std::end(kFamilies),
                     [&](const FamilyWord& one) { return one.word == word; });
    if (family != std::end(kFamilies)) {
      facts.family = family->family;
      facts.version.clear();
      behind_family = true;
      continue;
    }
    // gemma-v3-1b
    if (word != "v") behind_family = false;
    facts.tuned = facts.tuned || is_one_of(kTuned, word);
    if (is_one_of(kVariants, word)) facts.variants.insert(word);
    for (const SizeWord& one : kGpt2Sizes) {
      if (facts.family == "gpt" && one.word == word) facts.size = one.millions;
    }
  }
  const bool gpt2 = facts.family == "gpt" && facts.version == "2";
  if (gpt2 && facts.size == 0) facts.size = kGpt2Sizes[0].millions;
  // gemma-2b and llama-7b are the first of their name.
  const bool counted = facts.family == "gemma" || facts.family == "llama";
  if (counted && facts.version.empty() && facts.size > 0) facts.version = "1";
  return facts;
}

bool differ(const Facts& a, const Facts& b) {
  if (a.family.empty() || b.family.empty()) return false;
  if (a.family != b.family) return true;
  if (!a.version.empty() && !b.version.empty() && a.version != b.version) {
    return true;
  }
  if (a.size == 0 || b.size == 0) return false;
  return std::max(a.size, b.size) > 1.1 * std::min(a.size, b.size) ||
         a.tuned != b.tuned || a.variants != b.variants;
}

bool loads_as(const Facts& facts, const std::string& family) {
  const LoadedAs* found = nullptr;
  for (const LoadedAs& one : loadings()) {
    if (one.family != facts.family) continue;
    if (one.version.empty() || one.version == facts.version) found = &one;
  }
  return found == nullptr || family.empty() ||
         std::find(found->loaded.begin(), found->loaded.end(), family) !=
             found->loaded.end();
}

}  // namespace

bool names_another_model(const std::string& said, const KnownModel& model) {
  const Facts facts = facts_of(said);
  if (!loads_as(facts, model.family)) return true;
  bool any_differs = false;
  for (const std::string& name : model.names) {
    const Facts own = facts_of(name);
    if (own.family.empty()) continue;
    if (!differ(facts, own)) return false;
    any_differs = true;
  }
  if (any_differs) return true;
  // Two names of the hub without a family that is known here.
  const auto of_hub = [](const std::string& name) {
    return name.find('/') != std::string::npos && !name.starts_with('/') &&
           !name.starts_with('.');
  };
  const auto flat = [](const std::string& name) {
    std::string text;
    for (const Piece& piece : pieces_of(own_part(name))) text += piece.text;
    return text;
  };
  return of_hub(said) && facts.family.empty() && !model.names.empty() &&
         model.names[0].starts_with("hf:") &&
         flat(said) != flat(model.names[0]);
}

}  // namespace coxswain::jobs
