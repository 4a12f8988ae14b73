#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace coxswain::jobs {

// What tokenizer.json does with the tokens of a text in the end.
struct PostProcessor {
  std::int32_t beginning = -1;  // the token put before them, or -1
  bool trim_offsets = false;    // spaces at a token's ends are not its own
  bool added_prefix_space = false;
};

// Throws JobError naming `path` for one that does more than to put a token
// first.
PostProcessor read_post_processor(const nlohmann::json& one,
                                  const std::string& path);

}  // namespace coxswain::jobs
