#include "runner/commands/check_data.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "jobs/model/templates/chat_template.hpp"
#include "jobs/model/tokenizers/token_text.hpp"
#include "runner/base/counted.hpp"
#include "runner/plan/behaviour_input.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/files/utf8.hpp"
#include "storage/texts/pair_form.hpp"
#include "storage/texts/table_entries.hpp"

namespace coxswain::runner {
namespace {

using storage::in_quotes;

constexpr std::size_t kShown = 3;  // pairs
constexpr std::size_t kLines = 5;  // that a reason names
constexpr std::size_t kKinds = 4;  // of reasons
constexpr std::size_t kNotes = 5;
constexpr std::size_t kLastTokens = 6;
// The least that a sweep has, with a place for what the command line says.
constexpr const char* kSweep =
    "name = \"check\"\n[[model]]\nid = \"model\"\nsource = \"-\"\n"
    "[[data]]\nbehaviour = \"data\"\nsource = \"-\"\n[vector]\nlayers = [0]\n"
    "[steer]\nlayers = [0]\nmultipliers = [1]\n";

// JSON's texts are TOML's, too.
std::string as_toml(const std::string& text) {
  return nlohmann::json(text).dump();
}

Sweep sweep_of(const CheckOptions& options) {
  Overrides overrides;
  overrides.set = {"data.data.source=" + as_toml(options.source),
                   "model.model.source=" + as_toml(options.model)};
  for (const std::string& one : options.set) {
    overrides.set.push_back("data.data." + one);
  }
  try {
    return parse_sweep(kSweep, "check", "", options.hub, overrides);
  } catch (const ProgramError& error) {
    // There is no sweep file here: what is wrong was said by --set, or left
    // out.
    storage::Fault fault = error.fault();
    constexpr std::string_view kTable = "data.";
    if (!fault.item.starts_with(kTable)) throw;
    fault.item.erase(0, kTable.size());
    fault.file = "--set";
    if (fault.remedy.empty()) {
      fault.remedy = fmt::format("say it by --set '{}=...'", fault.item);
    }
    throw ProgramError(error.code(), fault);
  }
}

// The lines as editors count them.
std::string listed(const std::vector<int>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < kLines; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", lines[i] + 1);
  }
  return text + (lines.size() > kLines ? " ..." : "");
}

std::string layout_text(const storage::PairFile& file) {
  if (file.layout == storage::PairLayout::array) return "one JSON array";
  if (file.layout == storage::PairLayout::lines) return "JSON lines";
  return "a table with " + storage::delimiter_name(file.delimiter);
}

const char* place_name(const storage::PairFile& file) {
  return file.layout == storage::PairLayout::array ? "entry" : "line";
}

void note_template(DataLook& look) {
  const std::string& spelled = look.data.prompt.chat_template;
  const jobs::ChatTemplate chat = jobs::known_template(spelled);
  for (const std::string& mark :
       jobs::unknown_marks(chat, *look.header.tokenizer)) {
    look.problems.push_back(fmt::format(
        "template {}: {} is not a token of this tokenizer; take one that "
        "coxswain check MODEL names",
        chat.name, mark));
  }
  for (const std::string& text : jobs::contradictions(
           chat, *look.header.tokenizer, look.header.own_template,
           look.data.prompt.system)) {
    look.notes.push_back(fmt::format("template {}: {}", chat.name, text));
  }
  if (chat.name == "plain" && !look.header.own_template.source.empty()) {
    look.notes.emplace_back(
        "the model has a template of its own, and this is none: --set "
        "template=NAME takes one");
  }
}

void add_notes(DataLook& look) {
  if (look.read.unread_system > 0) {
    look.notes.push_back(fmt::format(
        "{} a text under \"system\", which is not used: columns = {{ system = "
        "\"system\" }} takes it",
        look.read.unread_system == 1
            ? "1 line has"
            : fmt::format("{} lines have", look.read.unread_system)));
  }
  if (look.check.behaviour) {
    std::ranges::copy(look.check.behaviour->notes,
                      std::back_inserter(look.notes));
  }
  note_template(look);
  if (!look.check.refused.empty()) {
    look.problems.push_back(look.check.refused);
  }
}

// A prompt may be pages long: its beginning and its end.
std::string shown(const std::string& prompt) {
  constexpr std::size_t kFirst = 120, kLast = 160;
  if (prompt.size() <= kFirst + kLast) return in_quotes(prompt);
  std::size_t from = prompt.size() - kLast;
  // Behind what is left of a character that was cut.
  while ((static_cast<unsigned char>(prompt[from]) & 0xC0U) == 0x80U) ++from;
  return in_quotes(prompt, kFirst) + " ... " + in_quotes(prompt.substr(from));
}

// How many tokens of each whole answer are scored; nothing of two tokens.
std::string scored_text(const jobs::WholeAnswers& answers) {
  std::string matching, other;
  for (const jobs::AnswerTokens& one : answers.answers) {
    std::string& side = one.matches ? matching : other;
    side += fmt::format("{}{}", side.empty() ? "" : ", ", one.tokens.size());
  }
  return matching.empty()
             ? ""
             : fmt::format("; scored whole: {} and {} tokens", matching, other);
}

std::string item_text(const DataLook& look, const jobs::BehaviourItem& item) {
  const auto piece = [&](std::int32_t id) {
    return in_quotes(jobs::token_bytes(*look.header.tokenizer, id));
  };
  const jobs::ContrastTokens& tokens = item.tokens;
  const std::size_t n = tokens.shared.size();
  std::string end;
  for (std::size_t i = n > kLastTokens ? n - kLastTokens : 0; i < n; ++i) {
    end += " " + piece(tokens.shared[i]);
    if (static_cast<std::int32_t>(i) == tokens.steer_from) end += "<";
  }
  return fmt::format(
      "{} tokens, the last{}; then, read at position {}, {} matches and {} "
      "does not{}{}\n",
      n, end, n, piece(tokens.token_match), piece(tokens.token_other),
      item.option_order == 1 ? " (options exchanged)" : "",
      scored_text(item.answers));
}

std::string behaviour_text(const jobs::Behaviour& behaviour) {
  const auto matching = [&](int sign) {
    const auto in = [&](const std::vector<jobs::BehaviourItem>& items) {
      return std::ranges::count(items, sign,
                                &jobs::BehaviourItem::matching_answer);
    };
    return in(behaviour.train) + in(behaviour.test);
  };
  std::string text = "  answers: more than two, or one pair of words\n";
  if (behaviour.answers) {
    text = fmt::format("  answers: {} matches in {} items, {} in {}\n",
                       in_quotes(behaviour.answers->first, 30), matching(1),
                       in_quotes(behaviour.answers->second, 30), matching(-1));
  }
  return text + fmt::format(
                    "  clusters (each a {}): {} for testing with {}, {} for "
                    "the vector with {}, {} in both\n",
                    name_of(behaviour.cluster_rule), behaviour.test_clusters,
                    counted(behaviour.test.size(), "item"),
                    behaviour.train_clusters,
                    counted(behaviour.train.size(), "item"),
                    behaviour.shared_clusters);
}

nlohmann::json item_json(const jobs::BehaviourItem& item) {
  return {{"tokens", item.tokens.shared},
          {"token_match", item.tokens.token_match},
          {"token_other", item.tokens.token_other},
          {"read_position", item.tokens.shared.size()},
          {"steer_from", item.tokens.steer_from},
          {"options_exchanged", item.option_order == 1}};
}

nlohmann::json behaviour_json(const jobs::Behaviour& behaviour) {
  nlohmann::json json{{"cluster", name_of(behaviour.cluster_rule)},
                      {"train", behaviour.train.size()},
                      {"test", behaviour.test.size()},
                      {"train_clusters", behaviour.train_clusters},
                      {"test_clusters", behaviour.test_clusters},
                      {"shared_clusters", behaviour.shared_clusters},
                      {"answers", nlohmann::json::array()}};
  if (behaviour.answers) {
    json["answers"] = {behaviour.answers->first, behaviour.answers->second};
  }
  return json;
}

}  // namespace

DataLook look_at_data(const CheckOptions& options) {
  const Sweep sweep = sweep_of(options);
  DataLook look;
  look.data = sweep.data.front();
  look.file = sweep.resolve(look.data.source);
  look.model = sweep.resolve(sweep.models.front().source);
  look.read = blame(ExitCode::bad_data, [&] {
    return storage::read_pair_file(look.file, look.data.pairs);
  });
  look.header = blame(ExitCode::bad_model,
                      [&] { return jobs::read_model_header(look.model); });
  look.check = blame(ExitCode::bad_model, [&] {
    return jobs::check_data(look.read.pairs, behaviour_rules(sweep, look.data),
                            look.header, look.file, kShown);
  });
  add_notes(look);
  return look;
}

std::string look_text(const DataLook& look) {
  const storage::PairFile& file = look.read;
  std::size_t left_out = 0;
  for (const auto& one : look.check.left_out) left_out += one.lines.size();
  std::string text = fmt::format(
      "{}: {}, {}, form {} ({})\n  for {}, template {}: {} to use{}, {} left "
      "out\n",
      look.file, layout_text(file), counted(file.pairs.size(), "question"),
      file.form.name, storage::pair_keys(file.form), look.model,
      in_quotes(look.data.prompt.chat_template, 40),
      counted(look.check.usable, "pair"),
      look.data.options == jobs::Options::pairs
          ? " (an option against each other one)"
          : "",
      counted(left_out, "question"));
  for (const jobs::ReadPair& pair : look.check.first) {
    text += fmt::format("  {} {}: {}\n", place_name(file), pair.line + 1,
                        shown(pair.prompt));
    text += fmt::format("    answers {} and {}\n", in_quotes(pair.matching, 60),
                        in_quotes(pair.other, 60));
    for (const jobs::BehaviourItem& item : pair.items) {
      text += "    " + item_text(look, item);
    }
  }
  for (std::size_t i = 0; i < look.check.left_out.size(); ++i) {
    const jobs::LeftOutFor& one = look.check.left_out[i];
    if (i == kKinds) {
      text += fmt::format("  left out: {} more reasons (--json)\n",
                          look.check.left_out.size() - i);
      break;
    }
    text += fmt::format("  left out: {} ({} {}): {}\n", one.lines.size(),
                        place_name(file), listed(one.lines), one.example);
  }
  if (look.check.behaviour) text += behaviour_text(*look.check.behaviour);
  for (std::size_t i = 0; i < look.notes.size() && i < kNotes; ++i) {
    text += "  note " + look.notes[i] + "\n";
  }
  for (const std::string& problem : look.problems) {
    text += "  PROBLEM " + problem + "\n";
  }
  return text + (look.problems.empty()
                     ? "no problems found\n"
                     : counted(look.problems.size(), "problem") + "\n");
}

nlohmann::json look_json(const DataLook& look) {
  const storage::PairColumns& columns = look.read.form.columns;
  nlohmann::json json{{"file", look.file},
                      {"model", look.model},
                      {"layout", layout_text(look.read)},
                      {"form", look.read.form.name},
                      {"columns",
                       {{"question", columns.question},
                        {"matching", columns.matching},
                        {"other", columns.other},
                        {"system", columns.system}}},
                      {"questions", look.read.pairs.size()},
                      {"usable_pairs", look.check.usable},
                      {"first", nlohmann::json::array()},
                      {"left_out", nlohmann::json::array()},
                      {"behaviour", nullptr},
                      {"notes", look.notes},
                      {"problems", look.problems}};
  for (const jobs::ReadPair& pair : look.check.first) {
    nlohmann::json items = nlohmann::json::array();
    for (const auto& item : pair.items) items.push_back(item_json(item));
    json["first"].push_back({{"line", pair.line},
                             {"prompt", pair.prompt},
                             {"matching", pair.matching},
                             {"other", pair.other},
                             {"items", items}});
  }
  for (const jobs::LeftOutFor& one : look.check.left_out) {
    json["left_out"].push_back({{"count", one.lines.size()},
                                {"lines", one.lines},
                                {"reason", one.example}});
  }
  if (look.check.behaviour) {
    json["behaviour"] = behaviour_json(*look.check.behaviour);
  }
  return json;
}

ExitCode print_data_check(const CheckOptions& options) {
  const DataLook look = look_at_data(options);
  if (options.json) {
    fmt::print("{}\n", look_json(look).dump(2));
  } else {
    fmt::print("{}", look_text(look));
  }
  return look.problems.empty() ? ExitCode::done : ExitCode::bad_data;
}

}  // namespace coxswain::runner
