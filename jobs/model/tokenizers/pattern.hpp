#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coxswain::jobs {

// A regular expression with Unicode classes, as tokenizer files spell them.
// Const and thread-safe after construction.
class Pattern {
 public:
  // Throws JobError naming `where` for one that can't be compiled.
  Pattern(std::string_view expression, const std::string& where);
  static Pattern literal(std::string_view text);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  // A stretch of the text that was searched.
  struct Match {
    std::size_t begin = 0, end = 0;  // bytes, never empty
  };
  // All matches in `text` (UTF-8), left to right. Throws JobError if the
  // expression takes too long.
  std::vector<Match> find_all(std::string_view text) const;

 private:
  struct Code;
  std::unique_ptr<Code> code_;
};

}  // namespace coxswain::jobs
