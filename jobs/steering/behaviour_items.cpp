#include "jobs/steering/behaviour_items.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "jobs/steering/copies.hpp"
#include "jobs/steering/option_order.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::jobs {
namespace {

bool is_a_or_b(const std::string& letter) {
  return letter == "A" || letter == "B";
}

// Throws JobError for answers that are neither (A) and (B), as options of their
// question, nor two words.
void require_answers(const storage::ContrastPair& pair) {
  const std::string a = letter_of(pair.matching), b = letter_of(pair.other);
  const auto both = [&] {
    return storage::in_quotes(pair.matching, 60) + " and " +
           storage::in_quotes(pair.other, 60);
  };
  if (a.empty() != b.empty() ||
      (!a.empty() && !(is_a_or_b(a) && is_a_or_b(b)))) {
    throw JobError({"", "answers", both(), "(A) and (B), or two words",
                    "write them as two options, (A) and (B)"});
  }
  if (!a.empty() && a == b) {
    throw JobError(
        {"", "answers", both() + ", one letter twice", "(A) and (B)", ""});
  }
  const auto options = parts_of(pair.question).options;
  for (const std::string& letter : {a, b}) {
    if (options.empty() || letter.empty() || options.contains(letter[0]) ||
        pair.question.find("(" + letter + ")") != std::string::npos) {
      continue;
    }
    throw JobError({"", "answers", "(" + letter + "), which is no option",
                    "one of the question's", ""});
  }
}

}  // namespace

ItemMaker::ItemMaker(const ItemRules& rules, const ModelHeader& model)
    : rules_(rules),
      model_(model),
      beginning_(beginning_of(rules.chat_template, *model.tokenizer,
                              model.own_template, rules.system)),
      marks_(marks_of(rules.chat_template)) {}

std::vector<BehaviourItem> ItemMaker::items(const storage::ContrastPair& pair) {
  // Exchanged or paired options have other letters; nobody knows whether the
  // answers that are accepted beside them have, too.
  if ((!pair.also_matching.empty() || !pair.also_other.empty()) &&
      (rules_.letters == Letters::counterbalanced ||
       rules_.options == Options::pairs)) {
    throw JobError({"", "answers", "several that are accepted",
                    "one, where options are exchanged or paired",
                    "keep one answer, or leave letters and options as they "
                    "are"});
  }
  std::vector<BehaviourItem> all{item(pair)};
  if (rules_.letters == Letters::counterbalanced) {
    all.push_back(item(with_options_exchanged(pair)));
    all.back().option_order = 1;
  }
  note_marks(pair);
  return all;
}

std::vector<std::string> ItemMaker::notes() const {
  std::vector<std::string> all;
  for (const auto& [mark, lines] : spelled_) {
    all.push_back(std::to_string(lines.size()) + " pairs spell " +
                  storage::in_quotes(mark, 40) + " (line " +
                  std::to_string(lines.front() + 1) +
                  (lines.size() > 1 ? " ..." : "") + "): it is taken as " +
                  (marks_.empty()
                       ? "that token, since the template is no conversation"
                       : "text there, not as a mark of the template"));
  }
  return all;
}

void ItemMaker::note_marks(const storage::ContrastPair& pair) {
  std::string said = pair.question + "\n" + pair.matching + "\n" + pair.other;
  for (const auto* accepted : {&pair.also_matching, &pair.also_other}) {
    for (const std::string& one : *accepted) said += "\n" + one;
  }
  if (pair.system) said += "\n" + *pair.system;
  for (const storage::Exchange& one : pair.before) {
    said += "\n" + one.user + "\n" + one.assistant;
  }
  const auto found = model_.tokenizer->spelled_tokens(said, marks_);
  std::set<std::string> marks(found.begin(), found.end());
  for (const std::string& mark : marks_) {
    if (said.find(mark) != std::string::npos) marks.insert(mark);
  }
  for (const std::string& mark : marks) spelled_[mark].push_back(pair.line);
}

Prompt ItemMaker::prompt_of(const storage::ContrastPair& pair) const {
  return render(rules_.chat_template, pair.system.value_or(rules_.system),
                pair.question, beginning_, pair.before);
}

BehaviourItem ItemMaker::item(const storage::ContrastPair& pair) const {
  BehaviourItem item;
  item.line = pair.line;
  item.matching_letter = letter_of(pair.matching);
  require_answers(pair);
  item.question = question_key(pair);
  const ChatTemplate& chat = rules_.chat_template;
  item.tokens = locate(prompt_of(pair), answer_text(chat, pair.matching),
                       answer_text(chat, pair.other), *model_.tokenizer,
                       rules_.positions, rules_.scored);
  require_embeddings(item.tokens);
  auto length = std::ssize(item.tokens.shared) + 1;
  if (rules_.scored == Scored::answer) {
    item.answers = answers_of(pair, std::ssize(item.tokens.shared) - 1);
    length = std::max(length, longest(item.answers));
  }
  if (rules_.strings != StoredTokens::none) {
    add_strings(item, pair);
    length = std::max<std::int64_t>(length, std::ssize(item.strings.shared) +
                                                std::ssize(item.strings.match));
  }
  if (length > model_.architecture.n_ctx) {
    throw JobError({"", "prompt", std::to_string(length) + " tokens",
                    "at most " + std::to_string(model_.architecture.n_ctx),
                    "shorten the question"});
  }
  if (!item.matching_letter.empty()) {
    item.tokens.letter_sign = item.matching_letter == "A" ? 1 : -1;
  }
  return item;
}

WholeAnswers ItemMaker::answers_of(const storage::ContrastPair& pair,
                                   std::int64_t predicting) const {
  const auto texts = [&](const std::string& first,
                         const std::vector<std::string>& also) {
    std::vector<std::string> all{answer_text(rules_.chat_template, first)};
    for (const std::string& one : also) {
      all.push_back(answer_text(rules_.chat_template, one));
    }
    return all;
  };
  WholeAnswers answers =
      whole_answers(prompt_of(pair), texts(pair.matching, pair.also_matching),
                    texts(pair.other, pair.also_other), *model_.tokenizer,
                    rules_.positions, static_cast<std::int32_t>(predicting));
  for (const AnswerTokens& one : answers.answers) {
    require_embedding(std::ranges::max(one.tokens));
  }
  return answers;
}

void ItemMaker::add_strings(BehaviourItem& item,
                            const storage::ContrastPair& pair) const {
  const ChatTemplate& chat = rules_.chat_template;
  PairStrings& strings = item.strings;
  strings = whole_strings(prompt_of(pair), answer_text(chat, pair.matching),
                          answer_text(chat, pair.other), *model_.tokenizer);
  if (rules_.strings == StoredTokens::all) strings.keep_from = 0;
  if (rules_.strings == StoredTokens::letter) {
    strings.keep_from = static_cast<std::int32_t>(strings.shared.size());
    strings.match.resize(1);
    strings.other.resize(1);
  }
  // Siblings of one clean pass stand at the same positions.
  if (strings.match.size() != strings.other.size()) {
    throw JobError({"", "answers",
                    std::to_string(strings.match.size()) + " and " +
                        std::to_string(strings.other.size()) +
                        " tokens that differ, to be stored",
                    "as many in both",
                    "store the token that vectors are read from alone, by "
                    "[store] activations = \"letter\""});
  }
  for (const auto* tail : {&strings.match, &strings.other}) {
    require_embedding(*std::max_element(tail->begin(), tail->end()));
  }
}

void ItemMaker::require_embeddings(const ContrastTokens& tokens) const {
  std::int32_t largest = std::max(tokens.token_match, tokens.token_other);
  for (const std::int32_t id : tokens.shared) largest = std::max(largest, id);
  require_embedding(largest);
}

void ItemMaker::require_embedding(std::int32_t largest) const {
  if (largest >= model_.architecture.d_vocab) {
    throw JobError(
        {"", "prompt", "token " + std::to_string(largest),
         "one of the model's " + std::to_string(model_.architecture.d_vocab),
         ""});
  }
}

}  // namespace coxswain::jobs
