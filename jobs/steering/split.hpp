#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "jobs/steering/clusters.hpp"

namespace coxswain::jobs {

// How questions come into training and test: whole clusters, by what they are,
// or the last questions of the file.
enum class SplitRule : std::uint8_t { cluster, line };

// What a split by cluster is asked for. Of count and share one is said at most.
struct ClusterSplit {
  std::optional<int> count;     // clusters to test
  std::optional<double> share;  // of all clusters there could be, above 0, < 1
  int items = 0;                // questions of each of them; 0: all
};

// The clusters that are for testing, by what they are drawn by (the digests of
// Clusters).
//   share  those whose digest, as a number from 0 to 1, is below it: what else
//          is in the data moves no cluster.
//   count  those with the smallest digests. More data move no cluster from
//          training into test, and one from test into training for each new
//          cluster that is tested in its place.
//   else   a third of them, rounded down, at least one: the rule of `count`,
//          with a number that grows with the data.
std::set<int> test_clusters(const std::map<int, std::string>& digests,
                            const ClusterSplit& wanted);

// Which side a question is on.
enum class Side : std::uint8_t { train, test, neither };

// The side of each question: of a test cluster the first `items` questions in
// file order are tested, the others are on neither side. Throws JobError naming
// `where` if there is no cluster left for one of the two sides.
std::vector<Side> split_by_cluster(const Clusters& clusters,
                                   const ClusterSplit& wanted,
                                   const std::string& where);

// The last `n` questions are for testing, with their copies (see
// test_questions()). Throws JobError naming `where` if there are none.
std::vector<Side> split_by_line(const std::vector<std::size_t>& first_copy,
                                int n, const std::string& where);

}  // namespace coxswain::jobs
