#include "analysis/measures/data_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/measures/item_designs.hpp"
#include "analysis/measures/labels.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kMostNames = 8;

bool has_own_vector(const storage::Results& results, std::int32_t behaviour) {
  return std::ranges::any_of(results.vectors, [&](const auto& row) {
    return row.behaviour == behaviour &&
           enumerated(results, "methods", row.method) == "own";
  });
}

// Clusters of one behaviour's items.
struct Clusters {
  std::set<std::int32_t> train;
  std::map<std::int32_t, std::set<int>> test;  // with their items' answers
};

Clusters clusters_of(const storage::Results& results, std::int32_t behaviour) {
  Clusters out;
  for (const storage::ItemRow& item : results.items) {
    if (item.behaviour != behaviour) continue;
    if (is(item.split, storage::Split::train)) {
      out.train.insert(item.cluster);
    } else {
      out.test[item.cluster].insert(matching_answer(item));
    }
  }
  return out;
}

std::string name_or(const std::string& name, const char* other) {
  return name.empty() ? other : name;
}

// "kind, curt: " where the others have not the same to say.
std::string named(const storage::Results& results,
                  const std::vector<std::int32_t>& behaviours) {
  if (behaviours.size() == results.behaviours.size()) return "";
  std::string out;
  for (std::size_t i = 0; i < std::min(behaviours.size(), kMostNames); ++i) {
    out += (i > 0 ? ", " : "") + behaviour_name(results, behaviours[i]);
  }
  if (behaviours.size() > kMostNames) {
    out += fmt::format(" and {} more", behaviours.size() - kMostNames);
  }
  return out + ": ";
}

}  // namespace

DataFacts data_facts(const storage::Results& results, std::int32_t behaviour) {
  const auto& row = results.behaviours.at(static_cast<std::size_t>(behaviour));
  Clusters clusters = clusters_of(results, behaviour);
  DataFacts facts;
  facts.own_vector = has_own_vector(results, behaviour);
  if (facts.own_vector) clusters.train.clear();  // of its pairs nothing is made
  facts.split_by_cluster = row.split_by_cluster != 0 && !facts.own_vector;
  facts.train_clusters = clusters.train.size();
  facts.test_clusters = clusters.test.size();
  facts.one_answer_each = !clusters.test.empty();
  for (const auto& [cluster, answers] : clusters.test) {
    if (clusters.train.contains(cluster)) ++facts.shared_clusters;
    if (!answers.contains(0)) facts.words = false;
    if (answers.size() > 1) facts.one_answer_each = false;
  }
  if (facts.words) {
    facts.one_answer_each = false;
    return facts;
  }
  const bool letters = row.letters != 0;
  facts.first = name_or(row.answer_first.str(), letters ? "A" : "the first");
  facts.second = name_or(row.answer_second.str(), letters ? "B" : "the second");
  return facts;
}

const char* clusters_name(const DataFacts& facts) {
  return facts.words ? "word pairs" : "questions";
}

std::vector<std::string> data_notes(const storage::Results& results,
                                    std::int32_t behaviour) {
  const DataFacts facts = data_facts(results, behaviour);
  std::vector<std::string> notes;
  if (facts.shared_clusters > 0) {
    notes.push_back(fmt::format(
        "{} of {} test {} were in training: what is shown is of these {}.",
        facts.shared_clusters, facts.test_clusters, clusters_name(facts),
        clusters_name(facts)));
  } else if (facts.split_by_cluster && facts.test_clusters > 0) {
    notes.emplace_back(
        facts.words ? "New words, these frames: no test word pair was "
                      "in training, sentences may have been."
                    : "New questions: no test question was in training.");
  }
  if (results.behaviours[static_cast<std::size_t>(behaviour)].whole_answers !=
      0) {
    notes.emplace_back(
        "Whole answers are scored, by log-probabilities summed over their "
        "tokens; longer answers have lower ones.");
  }
  if (facts.one_answer_each) {
    notes.push_back(fmt::format(
        "The matching answer is confounded with the questions: each test "
        "question has one of {} and {}; the content slope is the mean of the "
        "two answers' questions.",
        facts.first, facts.second));
  }
  return notes;
}

std::vector<std::string> data_notes(const storage::Results& results) {
  std::vector<std::string> sentences;
  std::map<std::string, std::vector<std::int32_t>> of;
  for (std::int32_t i = 0; i < std::ssize(results.behaviours); ++i) {
    for (const std::string& note : data_notes(results, i)) {
      const auto [place, is_new] = of.try_emplace(note);
      if (is_new) sentences.push_back(note);
      place->second.push_back(i);
    }
  }
  std::vector<std::string> notes;
  for (const std::string& sentence : sentences) {
    notes.push_back(named(results, of.at(sentence)) + sentence);
  }
  return notes;
}

}  // namespace coxswain::analysis
