#include "jobs/steering/clusters.hpp"

#include <algorithm>
#include <cassert>

#include "jobs/model/tokenizers/unicode.hpp"
#include "jobs/steering/copies.hpp"
#include "jobs/steering/option_order.hpp"

namespace coxswain::jobs {
namespace {

bool is_of_letters(const storage::ContrastPair& pair) {
  return !letter_of(pair.matching).empty();
}

// Gives clusters their numbers: a question's is the line where it is first
// met, others are counted, behind all lines where there are questions, too.
class Numbering {
 public:
  explicit Numbering(const std::vector<storage::ContrastPair>& pairs,
                     ClusterRule rule)
      : rule_(rule) {
    if (rule != ClusterRule::words) return;
    for (const storage::ContrastPair& pair : pairs) {
      if (is_of_letters(pair)) offset_ = pairs.back().line + 1;
    }
  }

  int number(const storage::ContrastPair& pair, const storage::Key& key) {
    if (rule_ == ClusterRule::question ||
        (rule_ == ClusterRule::words && is_of_letters(pair))) {
      return numbered("question\t" + hex(key), pair.line, hex(key));
    }
    const std::string name =
        rule_ == ClusterRule::group
            ? folded(pair.group)
            : folded(pair.matching) + "\t" + folded(pair.other);
    const int next = offset_ + counted_;
    const int number = numbered("name\t" + name, next, name);
    counted_ += number == next ? 1 : 0;
    return number;
  }

  std::map<int, std::string> take_digests() { return std::move(digests_); }

 private:
  int numbered(const std::string& own, int otherwise, const std::string& name) {
    const auto [at, is_new] = numbers_.try_emplace(own, otherwise);
    if (is_new) digests_[otherwise] = storage::sha256(name);
    return at->second;
  }

  ClusterRule rule_;
  int offset_ = 0, counted_ = 0;
  std::map<std::string, int> numbers_;
  std::map<int, std::string> digests_;
};

// Joins the clusters of copies: the first of them stands for all.
void join_copies(Clusters& clusters,
                 const std::vector<std::size_t>& first_copy) {
  std::map<int, int> joined;  // a cluster to the one that it went into
  const auto cluster_of = [&](int cluster) {
    while (joined.contains(cluster)) cluster = joined.at(cluster);
    return cluster;
  };
  for (std::size_t i = 0; i < clusters.of.size(); ++i) {
    const int own = cluster_of(clusters.of[i]);
    const int first = cluster_of(clusters.of[first_copy[i]]);
    if (own != first) joined[std::max(own, first)] = std::min(own, first);
  }
  for (int& cluster : clusters.of) cluster = cluster_of(cluster);
  for (const auto& [cluster, into] : joined) {
    std::string& whole = clusters.digests[cluster_of(cluster)];
    whole = std::min(whole, clusters.digests[cluster]);
  }
  for (const auto& [cluster, into] : joined) clusters.digests.erase(cluster);
}

}  // namespace

const char* name_of(ClusterRule rule) {
  switch (rule) {
    case ClusterRule::words:
      return "pair of words";
    case ClusterRule::question:
      return "question";
    case ClusterRule::group:
      return "group";
  }
  return "";
}

Clusters clusters_of(const std::vector<storage::ContrastPair>& pairs,
                     const std::vector<storage::Key>& keys, ClusterRule rule) {
  assert(pairs.size() == keys.size());
  Numbering numbering(pairs, rule);
  Clusters clusters;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    clusters.of.push_back(numbering.number(pairs[i], keys[i]));
  }
  clusters.digests = numbering.take_digests();
  join_copies(clusters, first_copies(keys));
  return clusters;
}

}  // namespace coxswain::jobs
