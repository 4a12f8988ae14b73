#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jobs/model/model_file.hpp"
#include "jobs/steering/behaviour_items.hpp"
#include "jobs/steering/split.hpp"
#include "jobs/steering/two_answers.hpp"
#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::jobs {

// A line of the data that is not used, and why, in words.
struct LeftOut {
  int line = 0;
  std::string reason;
};

// A behaviour's usable items in file order, for steering (test) and for the
// vector (train). Copies of a question are on one side, and of one cluster.
struct Behaviour {
  std::vector<BehaviourItem> train, test;
  std::vector<LeftOut> left_out;
  int lines = 0;
  bool letters = false;  // the answers are (A) and (B)
  Scored scored = Scored::token;
  std::optional<TwoAnswers> answers;  // that all usable items draw on
  ClusterRule cluster_rule = ClusterRule::words;
  // Of train and of test, and in both; -1: nothing is known of clusters.
  int train_clusters = -1, test_clusters = -1, shared_clusters = -1;
  int copies = 0;                  // usable questions that were there before
  std::vector<std::string> notes;  // what the user should know of the data
};

// How lines of data become a behaviour: items of each, and a side for each.
struct BehaviourRules : ItemRules {
  int train_items = 0;  // questions; 0: all that are left
  // Questions: by line those that are tested (50 unless said), by cluster the
  // most of each one (all unless said).
  std::optional<int> test_items;
  // Unless said: by line where a cluster is a question, since copies stay
  // together there anyway; else by cluster.
  std::optional<SplitRule> split;
  std::optional<int> test_clusters;  // of a split by cluster, see ClusterSplit
  std::optional<double> test_share;
};

// Renders and tokenises every pair, as the model's own template begins. Pairs
// whose answers are letters beyond A and B are left out; one that can't be
// located, or is longer than the model's context, is too, with the reason. A
// cluster is the group of the pairs if they have one; else the question if all
// draw on two answers; else the pair of words. Throws JobError naming `where`
// if nothing is left for one of the two parts.
Behaviour prepare_behaviour(const std::vector<storage::ContrastPair>& pairs,
                            const BehaviourRules& rules,
                            const ModelHeader& model, const std::string& where);

}  // namespace coxswain::jobs
