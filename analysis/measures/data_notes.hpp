#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What a reader of numbers on test items has to know of the data they are of.
struct DataFacts {
  bool words = true;  // the items draw on more than two answers
  // "A" and "B", or what the behaviour's two answers are called.
  std::string first, second;
  std::size_t train_clusters = 0, test_clusters = 0;
  std::size_t shared_clusters = 0;  // of the test's, in training too
  // Every test cluster has one of two answers, so that what follows the answer
  // is told apart from the content only between questions.
  bool one_answer_each = false;
  bool split_by_cluster = false;
  // Its vector is from a file of the user's own: what that was made of, and
  // whether of these questions, is not known. No cluster counts as in training.
  bool own_vector = false;
};

// Of a row of tables/behaviours, by the items.
DataFacts data_facts(const storage::Results& results, std::int32_t behaviour);

// What a cluster is: "word pairs", or "questions" (a question's two orders
// together).
const char* clusters_name(const DataFacts& facts);

// Sentences for captions: whether test clusters were in training, or are new;
// whether the matching answer is confounded with the questions. Of one
// behaviour, or of all, those that say the same together.
std::vector<std::string> data_notes(const storage::Results& results,
                                    std::int32_t behaviour);
std::vector<std::string> data_notes(const storage::Results& results);

}  // namespace coxswain::analysis
