#include "runner/work/timed_executor.hpp"

#include <catch2/catch.hpp>

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// Says that a second of every task was loading.
class Loading : public jobs::Executor {
 public:
  jobs::TaskResult execute(const jobs::Task&,
                           const std::vector<storage::ArrayMap>&) override {
    jobs::TaskResult result;
    result.ok = true;
    result.times["load"] = 1;
    return result;
  }
  std::string numerics() const override { return "loading"; }
};

}  // namespace

TEST_CASE("times are added up by kind and phase and told at the end",
          "[runner][timed_executor]") {
  TimedExecutor::Times told;
  {
    TimedExecutor timed(
        std::make_unique<Loading>(),
        [&](const TimedExecutor::Times& times) { told = times; });
    CHECK(timed.numerics() == "loading");
    CHECK(timed.execute(jobs::VectorTask{}, {}).ok);
    timed.execute(jobs::VectorTask{}, {});
    timed.execute(jobs::EvaluateTask{}, {});
    CHECK(told.empty());
  }
  REQUIRE(told.size() == 2);
  CHECK(told.at("vector").tasks == 2);
  CHECK(told.at("vector").phases.at("load") == 2);
  CHECK(told.at("evaluate").tasks == 1);

  told.at("vector").seconds = 2.5;
  const std::string text = text_of({{"vector", told.at("vector")}});
  CHECK(text ==
        "  vector            2 tasks      2.500 s\n"
        "    load                          2.000 s\n"
        "    rest                          0.500 s\n");
}
