#pragma once

#include <cstdint>
#include <string>

namespace coxswain::jobs {

// Kinds of places in a forward pass at which SAEs are trained.
enum class SiteKind : std::uint8_t {
  unknown,
  embedding,  // of tokens and positions, before block 0
  resid_pre,  // the residual stream before a block
  resid_mid,  // between its attention and its MLP
  resid_post,
  attention_out,
  attention_heads,  // what the heads give, before it is projected
  mlp_out,
  other,  // understood to be none of these: queries, a norm, neurons ...
};
const char* name_of(SiteKind kind);

// A place of the forward pass; either part may be unknown.
struct Site {
  SiteKind kind = SiteKind::unknown;
  std::int64_t layer = -1;  // the block, from 0; -1: not said

  bool operator==(const Site&) const = default;
};

// Of a name that a file spells: TransformerLens' (blocks.3.hook_resid_post),
// a module's (model.layers.3, transformer.h.3.mlp, gpt_neox.layers.3.output),
// dictionary_learning's (resid_post_layer_3) or "layer 3". What is not
// understood stays unknown.
Site site_named(const std::string& name);

// Of the name of a folder or of a file without its ending, which may say one
// half alone: layer_12_width_16k_l0_small, mlp_out, Llama3_1-8B-Base-L5R-8x,
// blocks.8.hook_resid_pre_24576. `file`: a bare l19 is a layer there.
Site site_of_folder(const std::string& name, bool file = false);

// Of a repository's name, where res, mlp and att alone say the kind:
// gemma-scope-2b-pt-res.
Site site_of_repository(const std::string& name);

// The same place in the terms of this program: resid_pre of block L is
// resid_post of block L - 1, and of block 0 the embedding.
Site as_output(const Site& site);

// "resid_post of block 3", "the embedding", "block 3".
std::string describe(const Site& site);

// TransformerLens' name of it, as far as it is known: site_named() of it is
// `site`.
std::string hook_of(const Site& site);

}  // namespace coxswain::jobs
