#include "jobs/steering/split.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "jobs/steering/copies.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// A digest's first 64 bits as a number from 0 to 1.
double as_share(const std::string& digest) {
  assert(digest.size() == 64);
  return static_cast<double>(std::stoull(digest.substr(0, 16), nullptr, 16)) *
         0x1p-64;
}

std::string counted(std::size_t n) {
  return std::to_string(n) + (n == 1 ? " cluster" : " clusters");
}

// Where one of the two sides has no cluster.
JobError one_sided(const Clusters& clusters, const ClusterSplit& wanted,
                   std::size_t n_test, const std::string& where) {
  const std::size_t n = clusters.digests.size();
  const std::string line =
      "split = \"line\" tests the last questions, whatever they share with "
      "training";
  if (n < 2) {
    return JobError(
        {where, "split", counted(n), "at least two, of which one is held apart",
         "take data with more of them (an interval needs six); " + line});
  }
  if (wanted.share) {
    return JobError(
        {where, "test_share",
         std::to_string(n_test) + " of " + counted(n) + " at that share",
         "at least one for testing and one for training",
         "test_clusters says how many; " + line});
  }
  return JobError({where, "test_clusters",
                   std::to_string(n_test) + " of " + counted(n),
                   "fewer, as the vector is made of the others",
                   "lower test_clusters or take more data; " + line});
}

}  // namespace

std::set<int> test_clusters(const std::map<int, std::string>& digests,
                            const ClusterSplit& wanted) {
  std::vector<std::pair<std::string, int>> drawn;
  for (const auto& [cluster, digest] : digests) {
    drawn.emplace_back(digest, cluster);
  }
  std::ranges::sort(drawn);
  std::size_t n = std::max<std::size_t>(1, drawn.size() / 3);
  if (wanted.count) n = static_cast<std::size_t>(*wanted.count);
  if (wanted.share) {
    n = static_cast<std::size_t>(std::ranges::count_if(
        drawn,
        [&](const auto& one) { return as_share(one.first) < *wanted.share; }));
  }
  std::set<int> chosen;
  for (std::size_t i = 0; i < std::min(n, drawn.size()); ++i) {
    chosen.insert(drawn[i].second);
  }
  return chosen;
}

std::vector<Side> split_by_cluster(const Clusters& clusters,
                                   const ClusterSplit& wanted,
                                   const std::string& where) {
  const std::set<int> test = test_clusters(clusters.digests, wanted);
  if (test.empty() || test.size() >= clusters.digests.size()) {
    const auto n = static_cast<std::size_t>(wanted.count.value_or(0));
    throw one_sided(clusters, wanted, std::max(n, test.size()), where);
  }
  std::map<int, int> tested;  // questions of each cluster
  std::vector<Side> sides;
  for (const int cluster : clusters.of) {
    if (!test.contains(cluster)) {
      sides.push_back(Side::train);
    } else if (wanted.items > 0 && ++tested[cluster] > wanted.items) {
      sides.push_back(Side::neither);
    } else {
      sides.push_back(Side::test);
    }
  }
  return sides;
}

std::vector<Side> split_by_line(const std::vector<std::size_t>& first_copy,
                                int n, const std::string& where) {
  std::vector<Side> sides;
  bool any = false;
  for (const bool test :
       test_questions(first_copy, static_cast<std::size_t>(n))) {
    sides.push_back(test ? Side::test : Side::train);
    any = any || test;
  }
  if (!any) {
    throw JobError({where, "test_items",
                    "0 of " + std::to_string(n) +
                        " test items can be held apart from training, since so "
                        "many pairs are copies",
                    "at least one", "take the copies out of the data"});
  }
  return sides;
}

}  // namespace coxswain::jobs
