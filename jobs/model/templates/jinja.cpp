#include "jobs/model/templates/jinja.hpp"

#include <utility>
#include <vector>

#include "jobs/model/templates/jinja_expression.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

constexpr int kMostSteps = 100000;
constexpr std::size_t kMostCopied = 64U << 20;  // see weight_of()
constexpr std::size_t kMostOutput = 4U << 20;   // bytes
constexpr int kDeepest = 60;                    // blocks in blocks

// Plain text, {{ output }} or {% statement %}.
struct Piece {
  enum class Kind { text, output, statement } kind = Kind::text;
  std::string text;
};

// White space behind the last line end goes; `line_begins`: so does all of a
// text that is nothing else.
void strip_line_end(std::string& text, bool line_begins) {
  const std::size_t last = text.find_last_not_of(" \t");
  if (last == std::string::npos) {
    if (line_begins) text.clear();
  } else if (text[last] == '\n') {
    text.erase(last + 1);
  }
}

// Cuts at the tags. Jinja's trim_blocks and lstrip_blocks are on: a statement
// takes the white space before it on its line, and the line end behind it.
std::vector<Piece> cut(const std::string& source) {
  std::vector<Piece> pieces;
  std::string text;
  std::size_t at = 0;
  while (at < source.size()) {
    const std::string two = source.substr(at, 2);
    if (two != "{{" && two != "{%" && two != "{#") {
      text += source[at++];
      continue;
    }
    const std::string close = two == "{{" ? "}}" : two == "{%" ? "%}" : "#}";
    const std::size_t end = source.find(close, at + 2);
    if (end == std::string::npos) refuse_template(two, close);
    std::string inside = source.substr(at + 2, end - at - 2);
    const std::size_t tag = at;
    at = end + 2;
    const bool block = two != "{{";
    if (inside.starts_with("-")) {
      text.erase(text.find_last_not_of(" \t\n\r") + 1);
      inside.erase(0, 1);
    } else if (block && !inside.starts_with("+")) {
      const std::size_t begin = tag - text.size();
      strip_line_end(text, begin == 0 || source[begin - 1] == '\n');
    }
    const bool strip = inside.ends_with("-");
    if (strip) inside.pop_back();
    if (!text.empty()) pieces.push_back({Piece::Kind::text, text});
    text.clear();
    if (two != "{#") {
      pieces.push_back(
          {block ? Piece::Kind::statement : Piece::Kind::output, inside});
    }
    if (strip) {
      at = std::min(source.find_first_not_of(" \t\n\r", at), source.size());
    } else if (block && source.substr(at, 1) == "\n") {
      ++at;
    }
  }
  if (!text.empty()) pieces.push_back({Piece::Kind::text, text});
  return pieces;
}

// Runs the pieces of one template on one scope, and counts steps, depth and
// output.
class Runner {
 public:
  Runner(std::vector<Piece> pieces, json scope)
      : pieces_(std::move(pieces)), scope_(std::move(scope)) {
    for (const Piece& piece : pieces_) {
      tokens_.push_back(piece.kind == Piece::Kind::text
                            ? std::vector<JinjaToken>{}
                            : jinja_tokens(piece.text));
    }
  }

  std::string run() {
    if (run_from(0, true) != pieces_.size())
      refuse_template("an end too many", "");
    return out_;
  }

 private:
  JinjaExpression expression(std::size_t i) const {
    return {tokens_[i], scope_};
  }

  // The word a statement begins with.
  std::string word(std::size_t i) const {
    return pieces_[i].kind == Piece::Kind::statement ? tokens_[i][0].text : "";
  }

  // Counts what is copied, which work and memory go with.
  void spend(std::size_t weight) {
    spent_ += weight;
    if (spent_ > kMostCopied) refuse_template("work without end", "less");
  }

  std::size_t weight_of_scope() const {
    std::size_t sum = 0;
    for (const json& value : scope_) sum += weight_of(value);
    return sum;
  }

  void put(const std::string& text) {
    if (out_.size() + text.size() > kMostOutput)
      refuse_template("endless text", "");
    out_ += text;
  }

  // Pieces from `i` on, up to a statement that ends this block or the end;
  // returns its place. Nothing happens if `live` is false.
  std::size_t run_from(std::size_t i, bool live) {
    if (++depth_ > kDeepest)
      refuse_template("too deep a nesting", "a simpler one");
    while (i < pieces_.size()) {
      if (++steps_ > kMostSteps)
        refuse_template("endless loops", "fewer steps");
      const std::string statement = word(i);
      if (pieces_[i].kind == Piece::Kind::text) {
        if (live) put(pieces_[i].text);
        ++i;
      } else if (pieces_[i].kind == Piece::Kind::output) {
        if (live) {
          JinjaExpression value = expression(i);
          put(printed(value.evaluate()));
          if (!value.at_end())
            refuse_template(pieces_[i].text, "one expression");
        }
        ++i;
      } else if (statement == "if") {
        i = run_if(i, live);
      } else if (statement == "for") {
        i = run_for(i, live);
      } else if (statement == "set") {
        if (live) run_set(i);
        ++i;
      } else if (statement == "generation" || statement == "endgeneration") {
        ++i;
      } else if (statement.starts_with("end") || statement == "else" ||
                 statement == "elif") {
        break;
      } else {
        refuse_template("{% " + statement + " %}", "if, for or set");
      }
    }
    --depth_;
    return i;
  }

  std::size_t run_if(std::size_t i, bool live) {
    bool done = false;
    for (;;) {
      bool holds = live && !done;
      JinjaExpression head = expression(i);
      const bool otherwise = head.take("else");
      if (!otherwise) {
        if (!head.take("if")) head.require("elif");
        holds = holds && is_true(head.evaluate());
      }
      i = run_from(i + 1, holds);
      done = done || holds;
      if (i >= pieces_.size())
        refuse_template("{% if %} without its end", "{% endif %}");
      if (word(i) == "endif") return i + 1;
      if (otherwise || (word(i) != "else" && word(i) != "elif")) {
        refuse_template("{% " + word(i) + " %}", "{% endif %}");
      }
    }
  }

  std::size_t run_for(std::size_t i, bool live) {
    JinjaExpression head = expression(i);
    head.require("for");
    std::vector<std::string> names{head.name()};
    while (head.take(",")) names.push_back(head.name());
    head.require("in");
    json items = json::array();
    if (live) items = head.evaluate_plain();
    if (live && !head.at_end())
      refuse_template("a condition on a loop", "none");
    if (items.is_null()) items = json::array();
    if (!items.is_array()) refuse_template("a loop over no list", "a list");
    std::size_t end = 0;
    for (std::size_t n = 0; n < items.size(); ++n) {
      // Each turn of a loop copies the scope.
      spend(weight_of_scope());
      const json before = scope_;
      bind(names, items[n]);
      scope_["loop"] = {{"index", n + 1},
                        {"index0", n},
                        {"first", n == 0},
                        {"last", n + 1 == items.size()},
                        {"length", items.size()}};
      end = run_from(i + 1, true);
      leave_scope(before);
    }
    // Passed over once to find where the block ends.
    if (items.empty()) end = run_from(i + 1, false);
    if (end >= pieces_.size() || word(end) != "endfor") {
      refuse_template("{% for %} without its end", "{% endfor %}");
    }
    return end + 1;
  }

  // What a loop sets is its own, but for what it sets in namespaces.
  void leave_scope(const json& before) {
    json after = before;
    for (auto& [name, value] : after.items()) {
      if (is_namespace(value)) value = scope_.value(name, value);
    }
    scope_ = std::move(after);
  }

  void bind(const std::vector<std::string>& names, const json& item) {
    if (names.size() == 1) {
      scope_[names[0]] = item;
      return;
    }
    if (!item.is_array() || item.size() != names.size()) {
      refuse_template("a loop with several names", "items of as many parts");
    }
    for (std::size_t k = 0; k < names.size(); ++k) scope_[names[k]] = item[k];
  }

  void run_set(std::size_t i) {
    JinjaExpression head = expression(i);
    head.require("set");
    const std::string name = head.name();
    const std::string member = head.take(".") ? head.name() : "";
    head.require("=");
    json value = head.evaluate();
    spend(weight_of(value));
    if (!head.at_end()) refuse_template(pieces_[i].text, "one expression");
    if (member.empty()) {
      scope_[name] = std::move(value);
    } else if (scope_.contains(name) && is_namespace(scope_[name])) {
      scope_[name][member] = std::move(value);
      weight_of(scope_[name]);
    } else {
      refuse_template("set " + name + "." + member, "a namespace");
    }
  }

  std::vector<Piece> pieces_;
  std::vector<std::vector<JinjaToken>> tokens_;
  json scope_;
  std::string out_;
  int steps_ = 0, depth_ = 0;
  std::size_t spent_ = 0;
};

}  // namespace

std::string run_jinja(const std::string& source, const json& variables) {
  // A template's last line end is no part of it.
  std::string text = source;
  if (text.ends_with('\n')) text.pop_back();
  try {
    return Runner(cut(text), variables).run();
  } catch (const json::exception& error) {
    refuse_template(error.what(), "values of fitting kinds");
  }
}

}  // namespace coxswain::jobs
