#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::jobs {

// What the folders above an SAE say, for formats whose files say little: the
// names of its own folders (the last three, from the last) and of the
// repository in the hub's cache.
class HubPath {
 public:
  explicit HubPath(const std::string& path);

  // Whether one of the folders, or the repository, has `word` in its name.
  bool mentions(const std::string& word) const;
  // "org/name"; empty outside the hub's cache.
  const std::string& repository() const { return repository_; }
  // N of a folder "layer_N" or "layer_N_..."; -1 if there is none.
  std::int64_t layer() const;

 private:
  std::vector<std::string> folders_;
  std::string repository_;
};

// "blocks.<layer>.<rest>"; empty if the layer is not known.
std::string block_hook(std::int64_t layer, const std::string& rest);

// TransformerLens' name of Hugging Face's "model.layers.N.output"; empty for
// another place.
std::string hook_of_module(const std::string& module);

}  // namespace coxswain::jobs
