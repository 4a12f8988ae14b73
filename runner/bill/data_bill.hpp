#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Test clusters in which the first and the second of two answers match.
struct AnswerClusters {
  int first = 0, second = 0;
  bool operator==(const AnswerClusters&) const = default;
};

// What a behaviour's data come to, as a model is shown them, and what their
// test set could show.
struct DataBill {
  std::string behaviour, model;
  int pairs = 0, left_out = 0;  // lines of the file
  int train = 0, test = 0;      // items
  bool stored = false;          // activations of an earlier run: pairs alone
  std::string cluster;          // what each is: "pair of words"
  // Clusters that training and test items are of, and those in both.
  int train_clusters = 0, test_clusters = 0, shared_clusters = 0;
  std::optional<AnswerClusters> answers;  // unless all clusters have both
  // The smallest effect that the test set would show (analysis/statistics/
  // detectable_effect.hpp); nullopt: too few clusters for an interval.
  std::optional<double> detectable;
};

// One a row of tables/behaviours. Pure.
std::vector<DataBill> data_of(const Plan& plan);

// A line on the items, one on the clusters; without a name.
std::string items_text(const DataBill& data);
std::string clusters_text(const DataBill& data);
// README.md here documents the keys.
nlohmann::json to_json(const DataBill& data);

}  // namespace coxswain::runner
