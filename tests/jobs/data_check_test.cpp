#include "jobs/check/data_check.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

BehaviourRules rules() {
  BehaviourRules out;
  out.chat_template = *template_of("Q: {question}\nA:");
  out.test_items = 1;
  return out;
}

}  // namespace

TEST_CASE("pairs are shown as they are read, and left out by reason",
          "[jobs][data_check]") {
  const tests::ToyModel toy(ComputeType::float32);
  std::vector<storage::ContrastPair> pairs{
      {0, "a?", " (A)", " (C)"}, {1, "b?", " (A)", " (B)"},
      {2, "c?", "x", "xyz"},     {3, "d?", " (B)", " (A)"},
      {4, "e?", " (B)", " (D)"}, {5, "f?", " (B)", " (A)"}};
  const DataCheck check = check_data(pairs, rules(), toy.header, "d", 2);
  CHECK(check.usable == 3);
  REQUIRE(check.first.size() == 2);
  CHECK(check.first[0].line == 1);
  CHECK(check.first[0].prompt == "Q: b?\nA:");
  CHECK(check.first[1].matching == " (B)");
  REQUIRE(check.first[1].items.size() == 1);
  CHECK(check.first[1].items[0].line == 3);
  REQUIRE(check.left_out.size() == 2);
  CHECK(check.left_out[0].lines == std::vector<int>{0, 4});
  CHECK_THAT(check.left_out[0].example,
             Catch::Contains("\" (A)\" and \" (C)\", expected (A) and (B)"));
  CHECK(check.left_out[1].lines == std::vector<int>{2});
  REQUIRE(check.behaviour.has_value());
  CHECK(check.behaviour->train.size() == 2);
  CHECK(check.refused.empty());
}

TEST_CASE("what makes no behaviour is told beside what was read",
          "[jobs][data_check]") {
  const tests::ToyModel toy(ComputeType::float32);
  const DataCheck check =
      check_data({{0, "a?", " (A)", " (B)"}}, rules(), toy.header, "d", 3);
  CHECK(check.first.size() == 1);
  CHECK_FALSE(check.behaviour.has_value());
  CHECK_THAT(check.refused, Catch::Contains("d: 1 usable pairs of 1"));
}
