#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "storage/files/digest.hpp"
#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::jobs {

// What the items of a cluster have in common.
enum class ClusterRule : std::uint8_t {
  words,     // the pair of words; of pairs with letters the question
  question,  // the question, in whatever order its answers match
  group,     // the line's own group
};
const char* name_of(ClusterRule rule);  // "pair of words", for messages

// Which questions are not independent of each other.
struct Clusters {
  std::vector<int> of;  // [n_questions], the number of each one's cluster
  // What each cluster is drawn by: the SHA-256, as 64 digits, of what its items
  // have in common, in UTF-8. Of words the two with a tab between them, the
  // matching one first; of a group its name; of a question its question_key()
  // in hexadecimal digits. White space is as folded() has it. Of a cluster
  // that copies joined it is the smallest one. Line numbers, order and other
  // clusters are nothing to it.
  std::map<int, std::string> digests;
};

// The clusters of a behaviour's usable pairs; keys [n] are question_key() of
// each. Pairs whose questions are copies are in one cluster, and so are the
// clusters that they were in.
Clusters clusters_of(const std::vector<storage::ContrastPair>& pairs,
                     const std::vector<storage::Key>& keys, ClusterRule rule);

}  // namespace coxswain::jobs
