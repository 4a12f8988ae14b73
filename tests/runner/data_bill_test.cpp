#include "runner/bill/data_bill.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// The toy sweep: words (one over one other, by line), and letters.
std::vector<DataBill> toy_data(const Overrides& overrides = {}) {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  return data_of(
      make_plan(read_sweep(scratch.file("sweep.toml"), "", overrides)));
}

}  // namespace

TEST_CASE("a bill says of data what their test set could show",
          "[runner][data_bill]") {
  const auto data = toy_data();
  REQUIRE(data.size() == 2);
  CHECK(data[0].behaviour == "words");
  CHECK(data[0].model == "toy");
  CHECK(items_text(data[0]) == "40 pairs, 20 train, 20 test, 0 left out");
  CHECK(clusters_text(data[0]) ==
        "1 cluster to train, 1 to test (1 of them in training, too), each a "
        "pair of words: too few clusters for an interval (1 of 6)");
  CHECK_FALSE(data[0].detectable);
  CHECK_FALSE(data[0].answers);
  // Of questions 20 to 39 those whose number can be divided by 3 match (B).
  CHECK(data[1].answers == AnswerClusters{13, 7});
  CHECK(*data[1].detectable == Approx(0.7134).margin(5e-5));
  CHECK(clusters_text(data[1]) ==
        "20 clusters to train, 20 to test, each a question: finds an effect of "
        "0.71 standard deviations of their slopes four times in five");
}

TEST_CASE("of few clusters of one answer that is said", "[runner][data_bill]") {
  const auto data = toy_data({{"data.letters.test_items=9"}, {}});
  CHECK(data[1].answers == AnswerClusters{6, 3});
  CHECK_FALSE(data[1].detectable);
  CHECK_THAT(clusters_text(data[1]),
             Catch::Contains("31 clusters to train, 9 to test") &&
                 Catch::Contains("too few clusters of one answer for an "
                                 "interval (6 and 3, of 4 each)"));
}

TEST_CASE("questions in both orders have both answers in each cluster",
          "[runner][data_bill]") {
  const auto data = toy_data({{"data.letters.letters=counterbalanced"}, {}});
  CHECK(data[1].test == 40);
  CHECK(data[1].test_clusters == 20);
  CHECK_FALSE(data[1].answers);
  CHECK(*data[1].detectable == Approx(0.6604).margin(5e-5));
}

TEST_CASE("what a bill says of data is there as JSON", "[runner][data_bill]") {
  const auto data = toy_data();
  const auto words = to_json(data[0]), letters = to_json(data[1]);
  CHECK(words["behaviour"] == "words");
  CHECK(words["cluster"] == "pair of words");
  CHECK(words["shared_clusters"] == 1);
  CHECK(words["first"].is_null());
  CHECK(words["detectable"].is_null());
  CHECK(letters["test_clusters"] == 20);
  CHECK(letters["second"] == 7);
  CHECK(letters["detectable"] == *data[1].detectable);
}
