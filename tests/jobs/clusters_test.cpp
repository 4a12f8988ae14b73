#include "jobs/steering/clusters.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "jobs/steering/copies.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using storage::ContrastPair;

namespace {

Clusters found(std::vector<ContrastPair> pairs, ClusterRule rule) {
  std::vector<storage::Key> keys;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].line = static_cast<int>(i);
    keys.push_back(question_key(pairs[i]));
  }
  return clusters_of(pairs, keys, rule);
}

using Numbers = std::vector<int>;

}  // namespace

TEST_CASE("a pair of words is a cluster, white space aside",
          "[jobs][clusters]") {
  const Clusters words = found({{0, "a", " safe", " dangerous"},
                                {0, "b", " kind", " cruel"},
                                {0, "c", "safe", " dangerous "},
                                {0, "d", " dangerous", " safe"}},
                               ClusterRule::words);
  CHECK(words.of == Numbers{0, 1, 0, 2});
  REQUIRE(words.digests.size() == 3);
  // sha256sum of "safe", a tab, "dangerous"; and of the other way round.
  CHECK(words.digests.at(0) ==
        "cbca3ca9f17b9bc922b0ee20f4f10647e699bc63a3fc008fb5534654763ef8a8");
  CHECK(words.digests.at(2) ==
        "222c7b22aed9e1b220f28f6152f92e26cefe1e141d2b089baf3b0e7907b87c37");
}

TEST_CASE("a question is a cluster whichever of its answers match",
          "[jobs][clusters]") {
  const std::vector<ContrastPair> pairs{{0, "a", " Yes", " No"},
                                        {0, "b", " No", " Yes"},
                                        {0, " b", " Yes", " No"},
                                        {0, "c", " Yes", " No"}};
  const Clusters questions = found(pairs, ClusterRule::question);
  CHECK(questions.of == Numbers{0, 1, 1, 3});
  CHECK(questions.digests.at(1) ==
        storage::sha256(hex(question_key(pairs[1]))));
  // As pairs of words all would be one: the copies join the two.
  CHECK(found(pairs, ClusterRule::words).digests.size() == 1);
}

TEST_CASE("a group is a cluster whatever its lines ask", "[jobs][clusters]") {
  const Clusters groups = found({{0, "a", " Yes", " No", "war"},
                                 {0, "b", " kind", " cruel", "7"},
                                 {0, "c", " (A)", " (B)", "war "}},
                                ClusterRule::group);
  CHECK(groups.of == Numbers{0, 1, 0});
  // sha256sum of "war" and of "7".
  CHECK(groups.digests.at(0) ==
        "a2d8daa4281b886508f0abfe6e8f736e34f4dcaae4374e390ebf699f83d2b44f");
  CHECK(groups.digests.at(1) ==
        "7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451");
}

TEST_CASE("copies join clusters, which are drawn by the smallest digest",
          "[jobs][clusters]") {
  const std::vector<ContrastPair> apart{{0, "a", " x", " y", "one"},
                                        {0, "b", " x", " y", "two"},
                                        {0, "c", " x", " y", "three"},
                                        {0, "d", " x", " y", "four"}};
  const Clusters before = found(apart, ClusterRule::group);
  std::vector<ContrastPair> pairs = apart;
  pairs.push_back({0, " a ", " y", " x", "three"});  // one with three
  pairs.push_back({0, "c", " x", " y", "four"});     // and three with four
  const Clusters after = found(pairs, ClusterRule::group);
  CHECK(after.of == Numbers{0, 1, 0, 0, 0, 0});
  CHECK(after.digests ==
        std::map<int, std::string>{
            {0, std::min({before.digests.at(0), before.digests.at(2),
                          before.digests.at(3)})},
            {1, before.digests.at(1)}});
}

TEST_CASE("letters among words are questions, with numbers of their own",
          "[jobs][clusters]") {
  const Clusters mixed = found({{0, "a", " (A)", " (B)"},
                                {0, "b", " kind", " cruel"},
                                {0, "c", " (A)", " (B)"},
                                {0, "d", " safe", " dangerous"},
                                {0, "e", " kind", " cruel"}},
                               ClusterRule::words);
  CHECK(mixed.of == Numbers{0, 5, 2, 6, 5});
}
