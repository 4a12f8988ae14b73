#include "jobs/steering/behaviour.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <set>
#include <utility>

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
    throw JobError({"", "answers", both(), "(A) and (B), or two words", ""});
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

// Items whose questions are copies of each other are one cluster, and so are
// the clusters that they were in: the first of them stands for all.
void join_clusters(std::vector<std::vector<BehaviourItem>>& usable,
                   const std::vector<std::size_t>& first_copy) {
  std::map<int, int> joined;  // a cluster to the one that it went into
  const auto cluster_of = [&](int cluster) {
    while (joined.contains(cluster)) cluster = joined.at(cluster);
    return cluster;
  };
  for (std::size_t i = 0; i < usable.size(); ++i) {
    const int own = cluster_of(usable[i].front().cluster);
    const int first = cluster_of(usable[first_copy[i]].front().cluster);
    if (own != first) joined[std::max(own, first)] = std::min(own, first);
  }
  for (auto& items : usable) {
    for (BehaviourItem& item : items) item.cluster = cluster_of(item.cluster);
  }
}

// What is said of copies: how many, where, and what became of them.
std::string copies_note(const std::vector<std::vector<BehaviourItem>>& usable,
                        const std::vector<std::size_t>& first_copy) {
  constexpr int kNamed = 8;
  std::string lines;
  int n = 0;
  for (std::size_t i = 0; i < usable.size(); ++i) {
    if (first_copy[i] == i || n++ >= kNamed) continue;
    lines += (lines.empty() ? "" : ", ") +
             std::to_string(usable[i].front().line + 1);
  }
  return std::to_string(n) + " of " + std::to_string(usable.size()) +
         " pairs are copies of earlier ones (line" + (n == 1 ? " " : "s ") +
         lines + (n > kNamed ? " ..." : "") +
         "): copies are all in training or all in test, and count as one "
         "cluster";
}

// Makes items of one pair after the other, and remembers which words it met.
class Preparer {
 public:
  Preparer(const BehaviourRules& rules, const ModelHeader& model)
      : rules_(rules),
        model_(model),
        beginning_(beginning_of(rules.chat_template, *model.tokenizer,
                                model.own_template, rules.system)),
        marks_(marks_of(rules.chat_template)) {}

  // The items of a pair, one an order of its options. Throws JobError with the
  // reason why a pair can't be used.
  std::vector<BehaviourItem> items(const storage::ContrastPair& pair) {
    std::vector<BehaviourItem> all{item(pair)};
    if (rules_.letters == Letters::counterbalanced) {
      all.push_back(item(with_options_exchanged(pair)));
      all.back().option_order = 1;
    }
    note_marks(pair);
    return all;
  }

  // What was spelled in the questions and answers, in words.
  std::vector<std::string> notes() const {
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

 private:
  // Marks that users write are text; whoever wrote them may have meant them.
  void note_marks(const storage::ContrastPair& pair) {
    const std::string said =
        pair.question + "\n" + pair.matching + "\n" + pair.other;
    const auto found = model_.tokenizer->spelled_tokens(said, marks_);
    std::set<std::string> marks(found.begin(), found.end());
    for (const std::string& mark : marks_) {
      if (said.find(mark) != std::string::npos) marks.insert(mark);
    }
    for (const std::string& mark : marks) spelled_[mark].push_back(pair.line);
  }

  BehaviourItem item(const storage::ContrastPair& pair) {
    BehaviourItem item;
    item.line = pair.line;
    item.matching_letter = letter_of(pair.matching);
    require_answers(pair);
    item.question = question_key(pair);
    const ChatTemplate& chat = rules_.chat_template;
    item.tokens =
        locate(render(chat, rules_.system, pair.question, beginning_),
               answer_text(chat, pair.matching), answer_text(chat, pair.other),
               *model_.tokenizer, rules_.positions);
    require_embeddings(item.tokens);
    auto length = std::ssize(item.tokens.shared) + 1;
    if (rules_.strings != StoredTokens::none) {
      add_strings(item, pair);
      length = std::ssize(item.strings.shared) + std::ssize(item.strings.match);
    }
    if (length > model_.architecture.n_ctx) {
      throw JobError({"", "prompt", std::to_string(length) + " tokens",
                      "at most " + std::to_string(model_.architecture.n_ctx),
                      ""});
    }
    if (!item.matching_letter.empty()) {
      item.tokens.letter_sign = item.matching_letter == "A" ? 1 : -1;
      item.cluster = item.line;
    } else {
      // Items with the same pair of words are one cluster.
      item.cluster = words_
                         .try_emplace({pair.matching, pair.other},
                                      static_cast<int>(words_.size()))
                         .first->second;
    }
    return item;
  }

  void add_strings(BehaviourItem& item, const storage::ContrastPair& pair) {
    const ChatTemplate& chat = rules_.chat_template;
    PairStrings& strings = item.strings;
    strings =
        whole_strings(render(chat, rules_.system, pair.question, beginning_),
                      answer_text(chat, pair.matching),
                      answer_text(chat, pair.other), *model_.tokenizer);
    if (rules_.strings == StoredTokens::all) strings.keep_from = 0;
    if (rules_.strings == StoredTokens::letter) {
      strings.keep_from = static_cast<std::int32_t>(strings.shared.size());
      strings.match.resize(1);
      strings.other.resize(1);
    }
    for (const auto* tail : {&strings.match, &strings.other}) {
      require_embedding(*std::max_element(tail->begin(), tail->end()));
    }
  }

  void require_embeddings(const ContrastTokens& tokens) const {
    std::int32_t largest = std::max(tokens.token_match, tokens.token_other);
    for (const std::int32_t id : tokens.shared) largest = std::max(largest, id);
    require_embedding(largest);
  }

  // Refuses a token without an embedding: vocabularies may be larger than it.
  void require_embedding(std::int32_t largest) const {
    if (largest >= model_.architecture.d_vocab) {
      throw JobError(
          {"", "prompt", "token " + std::to_string(largest),
           "one of the model's " + std::to_string(model_.architecture.d_vocab),
           ""});
    }
  }

  const BehaviourRules& rules_;
  const ModelHeader& model_;
  Beginning beginning_;
  std::vector<std::string> marks_;                   // the template's
  std::map<std::string, std::vector<int>> spelled_;  // lines of pairs by mark
  std::map<std::pair<std::string, std::string>, int> words_;
};

// Puts the items of each question into training or test. Test items are the
// last questions whatever train_items is: vectors of different sizes are tried
// on the same ones.
void split(std::vector<std::vector<BehaviourItem>> usable,
           const BehaviourRules& rules, const std::string& where,
           Behaviour& behaviour) {
  std::vector<storage::Key> keys;
  for (const auto& items : usable) keys.push_back(items.front().question);
  const auto first_copy = first_copies(keys);
  for (std::size_t i = 0; i < usable.size(); ++i) {
    behaviour.copies += first_copy[i] == i ? 0 : 1;
  }
  if (behaviour.copies > 0) {
    behaviour.notes.push_back(copies_note(usable, first_copy));
    join_clusters(usable, first_copy);
  }
  const auto test =
      test_questions(first_copy, static_cast<std::size_t>(rules.test_items));
  const auto n_test = std::count(test.begin(), test.end(), true);
  if (n_test < rules.test_items) {
    const std::string found = std::to_string(n_test) + " of " +
                              std::to_string(rules.test_items) +
                              " test items can be held apart from training, "
                              "since so many pairs are copies";
    if (n_test == 0) {
      throw JobError({where, "test_items", found, "at least one",
                      "take the copies out of the data"});
    }
    behaviour.notes.push_back(found);
  }
  int n_train = 0;
  for (std::size_t i = 0; i < usable.size(); ++i) {
    if (!test[i] && rules.train_items > 0 && n_train++ >= rules.train_items) {
      continue;
    }
    auto& part = test[i] ? behaviour.test : behaviour.train;
    std::move(usable[i].begin(), usable[i].end(), std::back_inserter(part));
  }
}

}  // namespace

Behaviour prepare_behaviour(const std::vector<storage::ContrastPair>& pairs,
                            const BehaviourRules& rules,
                            const ModelHeader& model,
                            const std::string& where) {
  assert(rules.test_items >= 0 && model.tokenizer != nullptr);
  Behaviour behaviour;
  behaviour.lines = static_cast<int>(pairs.size());
  Preparer preparer(rules, model);
  std::vector<std::vector<BehaviourItem>> usable;  // by question
  for (const storage::ContrastPair& pair : pairs) {
    try {
      usable.push_back(preparer.items(pair));
    } catch (const JobError& error) {
      behaviour.left_out.push_back({pair.line, error.what()});
    }
  }
  // At least one question has to be left for the vector.
  if (std::ssize(usable) <= rules.test_items) {
    throw JobError(
        {where, "",
         std::to_string(usable.size()) + " usable pairs of " +
             std::to_string(pairs.size()) +
             (behaviour.left_out.empty()
                  ? ""
                  : " (line " + std::to_string(behaviour.left_out[0].line + 1) +
                        ": " + behaviour.left_out[0].reason + ")"),
         "more than the " + std::to_string(rules.test_items) + " test items",
         "lower test_items or take more data"});
  }
  split(std::move(usable), rules, where, behaviour);
  std::ranges::copy(preparer.notes(), std::back_inserter(behaviour.notes));
  behaviour.letters = !behaviour.train[0].matching_letter.empty();
  return behaviour;
}

}  // namespace coxswain::jobs
