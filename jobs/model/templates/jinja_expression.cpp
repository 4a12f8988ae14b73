#include "jobs/model/templates/jinja_expression.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "jobs/model/templates/jinja_methods.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;
using Kind = JinjaToken::Kind;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c >= '0' && c <= '9');
}

// A text in quotes that begins at `at`; moves behind it.
std::string quoted(const std::string& source, std::size_t& at) {
  const char quote = source[at++];
  std::string text;
  while (at < source.size() && source[at] != quote) {
    if (source[at] == '\\' && at + 1 < source.size()) {
      const char c = source[++at];
      text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    } else {
      text += source[at];
    }
    ++at;
  }
  if (at++ >= source.size())
    refuse_template("a text without its end", "a quote");
  return text;
}

std::int64_t index_of(std::int64_t index, std::size_t size) {
  return index < 0 ? index + static_cast<std::int64_t>(size) : index;
}

json slice(const json& value, const json& from, const json& to) {
  const std::size_t size = value.is_string()
                               ? value.get_ref<const std::string&>().size()
                               : value.size();
  const auto bound = [&](const json& given, std::int64_t other) {
    const std::int64_t index = given.is_number_integer()
                                   ? index_of(given.get<std::int64_t>(), size)
                                   : other;
    return std::clamp<std::int64_t>(index, 0, static_cast<std::int64_t>(size));
  };
  const std::int64_t begin = bound(from, 0);
  const std::int64_t end =
      std::max(begin, bound(to, static_cast<std::int64_t>(size)));
  if (value.is_string()) {
    return value.get<std::string>().substr(
        static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  }
  if (!value.is_array())
    refuse_template("a slice of no list", "a list or text");
  return json(value.begin() + begin, value.begin() + end);
}

bool contains(const json& container, const json& value) {
  if (container.is_string()) {
    return value.is_string() &&
           container.get<std::string>().find(value.get<std::string>()) !=
               std::string::npos;
  }
  if (container.is_object()) {
    return value.is_string() && container.contains(value.get<std::string>());
  }
  return std::find(container.begin(), container.end(), value) !=
         container.end();
}

}  // namespace

std::vector<JinjaToken> jinja_tokens(const std::string& source) {
  std::vector<JinjaToken> tokens;
  for (std::size_t at = 0; at < source.size();) {
    const char c = source[at];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at;
    } else if (c == '"' || c == '\'') {
      tokens.push_back({Kind::text, quoted(source, at)});
    } else if (is_name(c)) {
      const std::size_t begin = at;
      while (at < source.size() && is_name(source[at])) ++at;
      tokens.push_back({c >= '0' && c <= '9' ? Kind::number : Kind::name,
                        source.substr(begin, at - begin)});
    } else {
      const std::string two = source.substr(at, 2);
      const bool pair = two == "==" || two == "!=" || two == "<=" ||
                        two == ">=" || two == "//";
      tokens.push_back({Kind::symbol, pair ? two : std::string(1, c)});
      at += pair ? 2 : 1;
    }
  }
  tokens.push_back({});
  return tokens;
}

JinjaExpression::JinjaExpression(std::vector<JinjaToken> tokens,
                                 const json& scope)
    : tokens_(std::move(tokens)), scope_(scope) {}

bool JinjaExpression::at_end() const { return next().kind == Kind::end; }

bool JinjaExpression::take(const std::string& text) {
  const bool fits =
      (next().kind == Kind::symbol || next().kind == Kind::name) &&
      next().text == text;
  if (fits) ++at_;
  return fits;
}

std::string JinjaExpression::name() {
  if (next().kind != Kind::name)
    refuse_template("\"" + next().text + "\"", "a name");
  return tokens_[at_++].text;
}

void JinjaExpression::require(const std::string& text) {
  if (!take(text)) refuse_template("\"" + next().text + "\"", text);
}

json JinjaExpression::evaluate() {
  if (++depth_ > kDeepestJinja)
    refuse_template("too deep an expression", "a simpler one");
  json value = either();
  if (take("if")) {
    const json condition = either();
    const json other = take("else") ? evaluate() : json();
    if (!is_true(condition)) value = other;
  }
  --depth_;
  return value;
}

json JinjaExpression::evaluate_plain() { return either(); }

json JinjaExpression::either() {
  json value = both();
  while (take("or")) {
    const json other = both();
    if (!is_true(value)) value = other;
  }
  return value;
}

json JinjaExpression::both() {
  json value = negated();
  while (take("and")) {
    const json other = negated();
    if (is_true(value)) value = other;
  }
  return value;
}

json JinjaExpression::negated() {
  if (take("not")) {
    if (++depth_ > kDeepestJinja) refuse_template("too many nots", "fewer");
    const json value = negated();
    --depth_;
    return !is_true(value);
  }
  return compared();
}

json JinjaExpression::compared() {
  json value = summed();
  for (;;) {
    if (take("==")) {
      value = value == summed();
    } else if (take("!=")) {
      value = value != summed();
    } else if (take("<=")) {
      value = value <= summed();
    } else if (take(">=")) {
      value = value >= summed();
    } else if (take("<")) {
      value = value < summed();
    } else if (take(">")) {
      value = value > summed();
    } else if (take("in")) {
      value = contains(summed(), value);
    } else if (take("is")) {
      value = is_test(value);
    } else if (next().text == "not" && tokens_[at_ + 1].text == "in") {
      at_ += 2;
      value = !contains(summed(), value);
    } else {
      return value;
    }
  }
}

json JinjaExpression::is_test(const json& value) {
  const bool wanted = !take("not");
  const std::string test = name();
  bool result = false;
  if (test == "defined") {
    result = !value.is_null();
  } else if (test == "undefined" || test == "none") {
    result = value.is_null();
  } else if (test == "string") {
    result = value.is_string();
  } else if (test == "mapping") {
    result = value.is_object();
  } else if (test == "iterable" || test == "sequence") {
    result = value.is_array() || value.is_object() || value.is_string();
  } else if (test == "true" || test == "false") {
    result = value == json(test == "true");
  } else if (test == "number") {
    result = value.is_number();
  } else {
    refuse_template("is " + test, "defined, none, string or the like");
  }
  return result == wanted;
}

json JinjaExpression::summed() {
  json value = multiplied();
  for (;;) {
    if (take("~")) {
      value = limited(printed(value) + printed(multiplied()));
    } else if (take("+")) {
      const json other = multiplied();
      if (value.is_array() && other.is_array()) {
        value.insert(value.end(), other.begin(), other.end());
        value = limited(std::move(value));
      } else if (value.is_number_integer() && other.is_number_integer()) {
        // 32-bit numbers added as 64-bit ones can't overflow.
        value = value.get<std::int32_t>() + 0LL + other.get<std::int32_t>();
      } else if (value.is_string() && other.is_string()) {
        value = limited(value.get<std::string>() + other.get<std::string>());
      } else {
        refuse_template("a sum of " + value.dump().substr(0, 50) + " and " +
                            other.dump().substr(0, 50),
                        "two texts, numbers or lists");
      }
    } else if (take("-")) {
      const json other = multiplied();
      if (!value.is_number_integer() || !other.is_number_integer()) {
        refuse_template("a difference", "of numbers");
      }
      value = value.get<std::int32_t>() - 0LL - other.get<std::int32_t>();
    } else {
      return value;
    }
  }
}

json JinjaExpression::multiplied() {
  json value = filtered();
  while (take("%")) {
    const json other = filtered();
    if (!value.is_number_integer() || !other.is_number_integer() ||
        other.get<std::int64_t>() <= 0) {
      refuse_template("a remainder", "of numbers");
    }
    value = value.get<std::int64_t>() % other.get<std::int64_t>();
  }
  return value;
}

json JinjaExpression::filtered() {
  json value = postfixed();
  while (take("|")) {
    const std::string filter = name();
    const Arguments given = next().text == "(" ? arguments() : Arguments{};
    value = apply_filter(value, filter, given.plain);
  }
  return value;
}

json JinjaExpression::postfixed() {
  json value = primary();
  for (;;) {
    if (take(".")) {
      const std::string member = name();
      if (next().text == "(" && next().kind == Kind::symbol) {
        value = call_method(value, member, arguments().plain);
      } else {
        value = value.is_object() ? value.value(member, json()) : json();
      }
    } else if (next().kind == Kind::symbol && take("[")) {
      value = element(value);
    } else {
      return value;
    }
  }
}

json JinjaExpression::element(const json& container) {
  const json first = next().text == ":" ? json() : evaluate();
  if (take(":")) {
    const json last = next().text == "]" ? json() : evaluate();
    require("]");
    return slice(container, first, last);
  }
  require("]");
  if (container.is_object() && first.is_string()) {
    return container.value(first.get<std::string>(), json());
  }
  if (!container.is_array() || !first.is_number_integer()) return nullptr;
  const std::int64_t index =
      index_of(first.get<std::int64_t>(), container.size());
  if (index < 0 || index >= std::ssize(container)) return nullptr;
  return container[static_cast<std::size_t>(index)];
}

json JinjaExpression::primary() {
  const JinjaToken token = next();
  if (token.kind == Kind::end)
    refuse_template("the end of a tag", "an expression");
  ++at_;
  if (token.kind == Kind::text) {
    std::string text = token.text;
    while (next().kind == Kind::text) text += tokens_[at_++].text;
    return text;
  }
  if (token.kind == Kind::number) {
    std::int32_t number = 0;
    const char* end = token.text.data() + token.text.size();
    const auto read = std::from_chars(token.text.data(), end, number);
    if (read.ptr != end || read.ec != std::errc()) {
      refuse_template(token.text, "a whole number");
    }
    return number;
  }
  if (token.kind == Kind::symbol) {
    if (token.text == "[") return list("]");
    if (token.text == "{") return dictionary();
    if (token.text == "-") {
      if (++depth_ > kDeepestJinja)
        refuse_template("too deep an expression", "a simpler one");
      const json value = postfixed();
      --depth_;
      if (!value.is_number_integer())
        refuse_template("minus of no number", "a number");
      return -value.get<std::int64_t>();
    }
    if (token.text != "(") refuse_template("\"" + token.text + "\"", "a value");
    json value = evaluate();
    require(")");
    return value;
  }
  if (token.text == "true" || token.text == "True") return true;
  if (token.text == "false" || token.text == "False") return false;
  if (token.text == "none" || token.text == "None") return nullptr;
  if (next().kind == Kind::symbol && next().text == "(") {
    return call(token.text, arguments());
  }
  json value = scope_.value(token.text, json());
  // All that an expression piles up, it has from here.
  copied_ += weight_of(value);
  if (copied_ > 16 * kLongestJinja)
    refuse_template("an expression without end", "a short one");
  return value;
}

json JinjaExpression::list(const char* end) {
  json values = json::array();
  while (!take(end)) {
    values.push_back(evaluate());
    if (!take(",")) {
      require(end);
      break;
    }
  }
  return limited(std::move(values));
}

json JinjaExpression::dictionary() {
  json values = json::object();
  while (!take("}")) {
    const json key = evaluate();
    require(":");
    if (!key.is_string()) refuse_template(key.dump(), "a text as key");
    values[key.get<std::string>()] = evaluate();
    if (!take(",")) {
      require("}");
      break;
    }
  }
  return limited(std::move(values));
}

JinjaExpression::Arguments JinjaExpression::arguments() {
  Arguments given;
  require("(");
  while (!take(")")) {
    if (next().kind == Kind::name && tokens_[at_ + 1].text == "=") {
      const std::string key = name();
      require("=");
      given.named[key] = evaluate();
    } else {
      given.plain.push_back(evaluate());
    }
    if (!take(",")) {
      require(")");
      break;
    }
  }
  return given;
}

json JinjaExpression::call(const std::string& function,
                           const Arguments& given) const {
  if (function == "namespace") {
    json made = given.named;
    made[kJinjaNamespace] = true;
    return made;
  }
  if (function == "raise_exception") {
    throw JobError({"chat template", "raise_exception",
                    given.plain.empty() ? "" : printed(given.plain[0]),
                    "a conversation it takes", ""});
  }
  refuse_template(function + "()", "namespace() or raise_exception()");
}

}  // namespace coxswain::jobs
