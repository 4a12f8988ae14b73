#include "jobs/steering/positions.hpp"

#include <catch2/catch.hpp>

#include "jobs/task/job_error.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// One token a character, but for the pieces it is told to keep whole.
class PieceTokenizer : public Tokenizer {
 public:
  explicit PieceTokenizer(std::vector<std::string> pieces,
                          std::int32_t beginning = -1)
      : pieces_(std::move(pieces)), beginning_(beginning) {}

  std::vector<Token> encode(std::string_view text,
                            const UserText& = {}) const override {
    std::vector<Token> out;
    for (std::uint32_t at = 0; at < text.size();) {
      Token token{text[at], at, at + 1};
      for (std::size_t i = 0; i < pieces_.size(); ++i) {
        if (text.substr(at).starts_with(pieces_[i])) {
          token.id = 1000 + static_cast<std::int32_t>(i);
          token.end = at + static_cast<std::uint32_t>(pieces_[i].size());
          break;
        }
      }
      out.push_back(token);
      at = token.end;
    }
    return out;
  }
  std::vector<std::string> spelled_tokens(
      std::string_view, const std::vector<std::string>&) const override {
    return {};
  }
  Decoding decoding() const override { return {}; }
  std::string piece(std::int32_t) const override { return ""; }
  std::optional<std::int32_t> id_of(std::string_view) const override {
    return std::nullopt;
  }
  std::int32_t size() const override { return 2000; }
  std::int32_t beginning() const override { return beginning_; }

 private:
  std::vector<std::string> pieces_;
  std::int32_t beginning_;
};

// "user:" is the instruction, "Q" the user's text, "\n" ends the prompt.
const Prompt kPrompt{"user:Q<>\n", 6};

ContrastTokens locate_with(const Tokenizer& tokenizer,
                           const std::string& rule) {
  return locate(kPrompt, "(A)", "(B)", tokenizer, *position_rule_named(rule));
}

}  // namespace

TEST_CASE("letters of their own are read behind the parenthesis",
          "[jobs][positions]") {
  const PieceTokenizer tokenizer({});
  const ContrastTokens found = locate_with(tokenizer, "from_last_prompt_token");
  // u s e r : Q < > \n ( -> the parenthesis at 9 predicts, the letter is at 10.
  CHECK(found.shared.size() == 10);
  CHECK(found.shared.back() == '(');
  CHECK(found.token_match == 'A');
  CHECK(found.token_other == 'B');
  CHECK(found.steer_from == 8);
}

TEST_CASE("every rule starts where it says", "[jobs][positions]") {
  const PieceTokenizer tokenizer({});
  CHECK(locate_with(tokenizer, "all").steer_from == 0);
  CHECK(locate_with(tokenizer, "all_but_first").steer_from == 1);
  CHECK(locate_with(tokenizer, "answer_only").steer_from == 9);
  CHECK(locate_with(tokenizer, "after_instruction").steer_from == 6);
  CHECK(locate_with(tokenizer, "from:3").steer_from == 3);
  // Behind the predicting token nothing is steered.
  CHECK(locate_with(tokenizer, "from:99").steer_from == 10);
}

TEST_CASE("where (A is one token, the pair scored is (A against (B",
          "[jobs][positions]") {
  const PieceTokenizer tokenizer({"(A", "(B"});
  const ContrastTokens found = locate_with(tokenizer, "from_last_prompt_token");
  CHECK(found.shared.size() == 9);
  CHECK(found.shared.back() == '\n');
  CHECK(found.token_match == 1000);
  CHECK(found.token_other == 1001);
  CHECK(found.steer_from == 8);  // the newline alone
}

TEST_CASE("a beginning token is put in front once", "[jobs][positions]") {
  const PieceTokenizer tokenizer({}, 7);
  const ContrastTokens found = locate_with(tokenizer, "from_last_prompt_token");
  CHECK(found.shared.front() == 7);
  CHECK(found.shared.size() == 11);
  CHECK(found.steer_from == 9);
}

TEST_CASE("pairs that cannot be located are refused", "[jobs][positions]") {
  const PositionRule rule;
  const auto message = [&](std::vector<std::string> pieces,
                           const std::string& a, const std::string& b) {
    const PieceTokenizer tokenizer(std::move(pieces));
    return tests::error_of([&] { locate(kPrompt, a, b, tokenizer, rule); });
  };
  CHECK(message({}, "(A)", "(B)").empty());
  CHECK_THAT(message({}, "yes", "no"),
             Catch::Contains("13 and 11") || Catch::Contains("12 and 11"));
  // The newline merges with one of the answers: the strings differ before it.
  CHECK_THAT(message({"\nab"}, "ab", "cdef"),
             Catch::Contains("tokens") || Catch::Contains("before"));
}

TEST_CASE("a first token that reaches into the answer is refused",
          "[jobs][positions]") {
  const PieceTokenizer tokenizer({"QAx", "QBx"});
  // Both strings are one token: nothing before it predicts.
  CHECK_THROWS(locate({"Q", 1}, "Ax", "Bx", tokenizer, PositionRule{}));
  // The first token holds the prompt and the beginning of both answers.
  const PieceTokenizer shared({"Q+"});
  CHECK_THROWS_WITH(locate({"Q", 1}, "+A", "+B", shared, PositionRule{}),
                    Catch::Contains("reaches into the answer"));
}

TEST_CASE("spellings of rules go both ways", "[jobs][positions]") {
  for (const char* name : {"all", "all_but_first", "from_last_prompt_token",
                           "answer_only", "after_instruction", "from:12"}) {
    CHECK(spelling(*position_rule_named(name)) == name);
  }
  for (const char* wrong : {"last", "from:", "from:-1", "from:1x", ""}) {
    CHECK_FALSE(position_rule_named(wrong));
  }
}
