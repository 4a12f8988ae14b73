#include "jobs/steering/behaviour.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "jobs/steering/copies.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::jobs {
namespace {

// What is said of copies: how many, where, and what became of them.
std::string copies_note(const std::vector<storage::ContrastPair>& usable,
                        const std::vector<std::size_t>& first_copy) {
  constexpr int kNamed = 8;
  std::string lines;
  int n = 0;
  for (std::size_t i = 0; i < usable.size(); ++i) {
    if (first_copy[i] == i || n++ >= kNamed) continue;
    lines += (lines.empty() ? "" : ", ") + std::to_string(usable[i].line + 1);
  }
  return std::to_string(n) + " of " + std::to_string(usable.size()) +
         " pairs are copies of earlier ones (line" + (n == 1 ? " " : "s ") +
         lines + (n > kNamed ? " ..." : "") +
         "): copies are all in training or all in test, and count as one "
         "cluster";
}

// The questions that can be used: the items of each (one an order of its
// options), and what makes some of them dependent.
struct Usable {
  std::vector<storage::ContrastPair> pairs;
  std::vector<std::vector<BehaviourItem>> items;
  std::vector<std::size_t> first_copy;
  Clusters clusters;
};

// The order of the options says which letter matches; words match as they are.
void set_answers(const TwoAnswers& answers, Usable& usable) {
  for (std::size_t i = 0; i < usable.pairs.size(); ++i) {
    for (BehaviourItem& item : usable.items[i]) {
      if (item.matching_letter.empty()) {
        item.tokens.letter_sign = matching_answer(answers, usable.pairs[i]);
      }
      item.matching_answer = item.tokens.letter_sign;
    }
  }
}

// Fills in what can be said of items only when all of them are there.
void relate(Usable& usable, Behaviour& behaviour) {
  std::vector<storage::Key> keys;
  for (const auto& items : usable.items) keys.push_back(items.front().question);
  usable.first_copy = first_copies(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    behaviour.copies += usable.first_copy[i] == i ? 0 : 1;
  }
  if (behaviour.copies > 0) {
    behaviour.notes.push_back(copies_note(usable.pairs, usable.first_copy));
  }
  behaviour.answers = two_answers(usable.pairs);
  if (behaviour.answers) set_answers(*behaviour.answers, usable);
  behaviour.cluster_rule = !usable.pairs.front().group.empty()
                               ? ClusterRule::group
                           : behaviour.answers ? ClusterRule::question
                                               : ClusterRule::words;
  usable.clusters = clusters_of(usable.pairs, keys, behaviour.cluster_rule);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (BehaviourItem& item : usable.items[i]) {
      item.cluster = usable.clusters.of[i];
    }
  }
}

SplitRule split_rule(const BehaviourRules& rules, const Behaviour& behaviour) {
  if (rules.split) return *rules.split;
  if (rules.test_clusters || rules.test_share) return SplitRule::cluster;
  return behaviour.cluster_rule == ClusterRule::question ? SplitRule::line
                                                         : SplitRule::cluster;
}

// Test items are the same whatever train_items is: vectors of different sizes
// are tried on the same ones.
void split(Usable usable, const std::vector<Side>& sides, int train_items,
           Behaviour& behaviour) {
  int n_train = 0;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (sides[i] == Side::neither ||
        (sides[i] == Side::train && train_items > 0 &&
         n_train++ >= train_items)) {
      continue;
    }
    auto& part = sides[i] == Side::test ? behaviour.test : behaviour.train;
    std::ranges::move(usable.items[i], std::back_inserter(part));
  }
}

std::set<int> clusters_in(const std::vector<BehaviourItem>& items) {
  std::set<int> all;
  for (const BehaviourItem& item : items) all.insert(item.cluster);
  return all;
}

void count_clusters(Behaviour& behaviour) {
  const std::set<int> train = clusters_in(behaviour.train);
  const std::set<int> test = clusters_in(behaviour.test);
  behaviour.train_clusters = static_cast<int>(train.size());
  behaviour.test_clusters = static_cast<int>(test.size());
  behaviour.shared_clusters = static_cast<int>(std::ranges::count_if(
      test, [&](int cluster) { return train.contains(cluster); }));
}

// What the user should know of a split that nobody asked for, or that lets
// training and test share clusters.
void note_split(const BehaviourRules& rules, SplitRule rule,
                Behaviour& behaviour) {
  const std::string kind = name_of(behaviour.cluster_rule);
  const int n = behaviour.train_clusters + behaviour.test_clusters -
                behaviour.shared_clusters;
  if (behaviour.shared_clusters > 0) {
    behaviour.notes.push_back(
        std::to_string(behaviour.shared_clusters) + " of " +
        std::to_string(behaviour.test_clusters) + " test clusters (each a " +
        kind + ") are in training, too" +
        (n > 1 ? ": split = \"cluster\" holds them apart" : ""));
  } else if (rule == SplitRule::cluster && !rules.split &&
             !rules.test_clusters && !rules.test_share) {
    behaviour.notes.push_back(
        "split by cluster (each a " + kind +
        "): " + std::to_string(behaviour.test_clusters) + " for testing, " +
        std::to_string(behaviour.train_clusters) +
        " for the vector, none for both; split = \"line\" tests the last "
        "questions instead, as earlier programs did");
  }
}

// Where words tell the answers, and no question is there with either one
// matching, what follows the answer may as well follow the questions.
void note_confounded(Behaviour& behaviour) {
  if (!behaviour.answers || behaviour.letters) return;
  std::map<int, std::set<int>> matching;  // answers of each cluster
  for (const auto* part : {&behaviour.train, &behaviour.test}) {
    for (const BehaviourItem& item : *part) {
      matching[item.cluster].insert(item.matching_answer);
    }
  }
  if (std::ranges::any_of(matching, [](const auto& cluster) {
        return cluster.second.size() > 1;
      })) {
    return;
  }
  const auto& [first, second] = *behaviour.answers;
  behaviour.notes.push_back(
      "no " + std::string(name_of(behaviour.cluster_rule)) + " has both " +
      storage::in_quotes(first, 30) + " and " + storage::in_quotes(second, 30) +
      " as its matching answer: a preference for one of the two can't be told "
      "from what their questions have in common");
}

// Throws JobError if the pairs leave nothing for one of the two sides.
void require_enough(std::size_t n_usable, const Behaviour& behaviour, int least,
                    const std::string& than, const std::string& where) {
  if (std::cmp_greater_equal(n_usable, least)) return;
  throw JobError(
      {where, "",
       std::to_string(n_usable) + " usable pairs of " +
           std::to_string(behaviour.lines) +
           (behaviour.left_out.empty()
                ? ""
                : " (line " + std::to_string(behaviour.left_out[0].line + 1) +
                      ": " + behaviour.left_out[0].reason + ")"),
       than,
       n_usable == 0 ? "correct the lines"
                     : "lower test_items or take more "
                       "data"});
}

std::vector<Side> sides_by_line(const Usable& usable,
                                const BehaviourRules& rules,
                                const std::string& where,
                                Behaviour& behaviour) {
  constexpr int kTestItems = 50;
  const int wanted = rules.test_items.value_or(kTestItems);
  // At least one question has to be left for the vector.
  require_enough(usable.pairs.size(), behaviour, wanted + 1,
                 "more than the " + std::to_string(wanted) + " test items",
                 where);
  auto sides = split_by_line(usable.first_copy, wanted, where);
  const auto n = std::ranges::count(sides, Side::test);
  if (n < wanted) {
    behaviour.notes.push_back(std::to_string(n) + " of " +
                              std::to_string(wanted) +
                              " test items can be held apart from training, "
                              "since so many pairs are copies");
  }
  return sides;
}

}  // namespace

Behaviour prepare_behaviour(const std::vector<storage::ContrastPair>& pairs,
                            const BehaviourRules& rules,
                            const ModelHeader& model,
                            const std::string& where) {
  assert(model.tokenizer != nullptr &&
         !(rules.test_clusters && rules.test_share));
  Behaviour behaviour;
  behaviour.lines = static_cast<int>(pairs.size());
  ItemMaker maker(rules, model);
  Usable usable;
  for (const storage::ContrastPair& pair : pairs) {
    try {
      // All pairs of a line, or none of them.
      const auto pairs_of_line = pairs_of(pair, rules.options);
      std::vector<std::vector<BehaviourItem>> items;
      for (const storage::ContrastPair& one : pairs_of_line) {
        items.push_back(maker.items(one));
      }
      usable.items.insert(usable.items.end(), items.begin(), items.end());
      usable.pairs.insert(usable.pairs.end(), pairs_of_line.begin(),
                          pairs_of_line.end());
    } catch (const JobError& error) {
      behaviour.left_out.push_back({pair.line, error.what()});
    }
  }
  require_enough(usable.pairs.size(), behaviour, 2,
                 "at least one for testing and one for the vector", where);
  relate(usable, behaviour);
  const SplitRule rule = split_rule(rules, behaviour);
  const auto sides =
      rule == SplitRule::line
          ? sides_by_line(usable, rules, where, behaviour)
          : split_by_cluster(usable.clusters,
                             {rules.test_clusters, rules.test_share,
                              rules.test_items.value_or(0)},
                             where);
  split(std::move(usable), sides, rules.train_items, behaviour);
  behaviour.letters = !behaviour.train[0].matching_letter.empty();
  behaviour.scored = rules.scored;
  count_clusters(behaviour);
  note_split(rules, rule, behaviour);
  note_confounded(behaviour);
  std::ranges::copy(maker.notes(), std::back_inserter(behaviour.notes));
  return behaviour;
}

}  // namespace coxswain::jobs
