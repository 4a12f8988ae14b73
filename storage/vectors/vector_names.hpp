#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coxswain::storage {

// What a tensor's name says of its layer.
struct LayerName {
  // The rest of the name, which the layers of one vector share; may be empty.
  std::string rest;
  std::int32_t layer = -1;  // -1: the name does not say
  bool by_word = false;     // the number is behind a word for layers
  bool two = false;         // it says two layers that differ
  bool from_end = false;    // a minus is before its number: "layer_-1"
};

// The number behind layer, layers, block, blocks, h or direction ("layer_15",
// "blocks.15.hook_resid_post"); else the one that the name ends in ("v15").
LayerName layer_in(std::string_view tensor);

// The place in a model that a name tells and that no vector is added to here
// ("resid_pre", "hidden_state", the mlp of "layers.3.mlp", "hook_q"); nothing
// for any other name.
std::optional<std::string_view> other_place(std::string_view tensor);

}  // namespace coxswain::storage
