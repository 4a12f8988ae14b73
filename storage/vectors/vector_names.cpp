#include "storage/vectors/vector_names.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "storage/files/utf8.hpp"

namespace coxswain::storage {
namespace {

constexpr std::string_view kWords[] = {"layer",  "layers", "block",
                                       "blocks", "h",      "direction"};
// No model has as many blocks: such a number is a width, a seed or a year.
constexpr std::size_t kMostDigits = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_separator(char c) {
  return c == '/' || c == '.' || c == '_' || c == '-';
}

std::optional<std::int32_t> number(std::string_view text) {
  if (text.empty() || text.size() > kMostDigits ||
      !std::ranges::all_of(text, is_digit)) {
    return std::nullopt;
  }
  std::int32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Where a word or a number stands in a name.
struct Piece {
  std::size_t first = 0, end = 0;
};

// A name cut at separators, and where letters meet digits.
std::vector<Piece> pieces_of(std::string_view name) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < name.size();) {
    if (is_separator(name[i])) {
      ++i;
      continue;
    }
    const bool digits = is_digit(name[i]);
    std::size_t end = i + 1;
    while (end < name.size() && !is_separator(name[end]) &&
           is_digit(name[end]) == digits) {
      ++end;
    }
    pieces.push_back({i, end});
    i = end;
  }
  return pieces;
}

// The name without its characters from `first` to `end`, and without the
// separators that would then stand at an end or beside another.
std::string without(std::string_view name, std::size_t first, std::size_t end) {
  std::string_view before = name.substr(0, first), behind = name.substr(end);
  while (!before.empty() && is_separator(before.back()))
    before.remove_suffix(1);
  while (!behind.empty() && is_separator(behind.front())) {
    behind.remove_prefix(1);
  }
  std::string rest(before);
  if (!before.empty() && !behind.empty()) {
    rest += is_separator(name[end]) ? name[end] : '_';
  }
  return rest += behind;
}

// Modules of a block as libraries call them, one part of a dotted path: what
// they put out is added to the stream, and is not the stream.
constexpr std::string_view kModules[] = {
    "mlp",       "self_attn",       "attn",
    "attention", "input_layernorm", "post_attention_layernorm"};

std::optional<std::string_view> other_module(std::string_view tensor) {
  while (!tensor.empty()) {
    const std::string_view part = tensor.substr(0, tensor.find_first_of("./"));
    const std::string lower = in_lower_case(std::string(part));
    if (std::ranges::count(kModules, lower) > 0) return part;
    if (lower.starts_with("hook_") && lower != "hook_resid_post") return part;
    tensor.remove_prefix(std::min(tensor.size(), part.size() + 1));
  }
  return std::nullopt;
}

}  // namespace

LayerName layer_in(std::string_view tensor) {
  const std::vector<Piece> pieces = pieces_of(tensor);
  const auto below_0 = [&](std::size_t i) {
    const std::size_t at = pieces[i].first;
    return at > 0 && tensor[at - 1] == '-' &&
           (at == 1 || is_separator(tensor[at - 2]));
  };
  const auto text = [&](std::size_t i) {
    return tensor.substr(pieces[i].first, pieces[i].end - pieces[i].first);
  };
  LayerName found;
  found.rest = tensor;
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    const auto layer = number(text(i + 1));
    if (!layer || std::ranges::count(kWords, in_lower_case(text(i))) == 0) {
      continue;
    }
    found.from_end = found.from_end || below_0(i + 1);
    if (found.layer < 0) {
      found.layer = *layer;
      found.by_word = true;
      found.rest = without(tensor, pieces[i].first, pieces[i + 1].end);
    }
    found.two = found.two || found.layer != *layer;
  }
  if (found.layer >= 0 || pieces.empty()) return found;
  const auto last = number(text(pieces.size() - 1));
  if (last && pieces.back().end == tensor.size()) {
    found.from_end = below_0(pieces.size() - 1);
    found.layer = *last;
    found.rest = without(tensor, pieces.back().first, tensor.size());
  }
  return found;
}

std::optional<std::string_view> other_place(std::string_view tensor) {
  // hidden_states[N] of transformers is what block N - 1 puts out, and its
  // first one the embedding: such a number is one off in silence.
  constexpr std::string_view kPlaces[] = {"resid_pre", "resid_mid",
                                          "mlp_out",   "attn_out",
                                          "hook_z",    "hidden_state"};
  const std::string lower = in_lower_case(std::string(tensor));
  for (const std::string_view place : kPlaces) {
    if (lower.find(place) != std::string::npos) return place;
  }
  return other_module(tensor);
}

}  // namespace coxswain::storage
