#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jobs/model/model_file.hpp"
#include "jobs/steering/behaviour.hpp"

namespace coxswain::jobs {

// How one pair is read: the text that the model gets, and its items.
struct ReadPair {
  int line = 0;                      // of the file, from 0
  std::string prompt;                // text, in the pair's own order of options
  std::string matching, other;       // the answers as they follow it
  std::vector<BehaviourItem> items;  // one an order of its options
};

// Pairs that are not used for one reason.
struct LeftOutFor {
  std::vector<int> lines;  // from 0, ascending
  std::string example;     // the first one's reason, as a sentence
};

// What becomes of a file of pairs.
struct DataCheck {
  std::vector<ReadPair> first;       // that can be used
  std::vector<LeftOutFor> left_out;  // the most frequent reason first
  int usable = 0;                    // pairs, of which a line may have several
  std::optional<Behaviour> behaviour;  // if it can be made of them
  std::string refused;                 // why not, as a sentence
};

// Reads pairs as a sweep would. `n_first` of them are shown. Throws JobError
// for a template that the model can't begin.
DataCheck check_data(const std::vector<storage::ContrastPair>& pairs,
                     const BehaviourRules& rules, const ModelHeader& model,
                     const std::string& where, std::size_t n_first);

}  // namespace coxswain::jobs
