#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "jobs/model/templates/jinja_value.hpp"

namespace coxswain::jobs {

// Expressions of run_jinja(): values are JSON, scopes are JSON objects.

// A word of an expression; of a text, what stands between its quotes.
struct JinjaToken {
  // `end` follows the last token.
  enum class Kind : std::uint8_t { name, number, text, symbol, end };
  Kind kind = Kind::end;
  std::string text;
};

// Throws JobError for what is no token.
std::vector<JinjaToken> jinja_tokens(const std::string& source);

// Walks the tokens of one tag: statements take names and symbols off it,
// expressions are evaluated as they are read (both sides of `and`, too: there
// is nothing that a side could do).
class JinjaExpression {
 public:
  JinjaExpression(std::vector<JinjaToken> tokens, const nlohmann::json& scope);

  nlohmann::json evaluate();  // a whole expression
  // An expression without a condition behind it: what "for" and "if" take.
  nlohmann::json evaluate_plain();

  bool take(const std::string& text);     // the next token, if it is that
  std::string name();                     // the next token, a name
  void require(const std::string& text);  // the next token is that
  bool at_end() const;

 private:
  using json = nlohmann::json;
  // What a call gives: values in their order, and values by name.
  struct Arguments {
    std::vector<json> plain;
    json named = json::object();
  };
  const JinjaToken& next() const { return tokens_[at_]; }
  json either();
  json both();
  json negated();
  json compared();
  json is_test(const json& value);
  json summed();
  json multiplied();
  json filtered();
  json postfixed();
  json element(const json& container);
  json primary();
  json list(const char* end);
  json dictionary();
  Arguments arguments();
  json call(const std::string& function, const Arguments& given) const;

  std::vector<JinjaToken> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::size_t copied_ = 0;  // see weight_of()
  const json& scope_;
};

}  // namespace coxswain::jobs
