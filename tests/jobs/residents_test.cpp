#include "jobs/executor/residents.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace coxswain::jobs;

namespace {

struct Loads {
  Residents all{100};
  int loads = 0;

  int get(const std::string& key, std::int64_t bytes, int value) {
    return all.get<int>(
        key, [&] { return bytes; },
        [&] {
          ++loads;
          return value;
        });
  }
};

}  // namespace

TEST_CASE("what was loaded stays while there is room", "[jobs][residents]") {
  Loads l;
  CHECK(l.get("a", 40, 1) == 1);
  l.all.begin_task();
  CHECK(l.get("b", 40, 2) == 2);
  l.all.begin_task();
  CHECK(l.get("a", 40, 9) == 1);
  CHECK(l.loads == 2);
  l.all.begin_task();
  CHECK(l.get("c", 40, 3) == 3);  // b was used before a
  CHECK(l.all.has("a"));
  CHECK_FALSE(l.all.has("b"));
  CHECK(l.all.bytes() == 80);
}

TEST_CASE("what a task uses does not go before its end", "[jobs][residents]") {
  Loads l;
  l.all.begin_task();
  const int& model = l.all.get<int>(
      "model", [] { return 80; }, [] { return 7; });
  CHECK(l.get("sae", 80, 8) == 8);  // more than allowed, but needed
  CHECK(l.all.bytes() == 160);
  CHECK(model == 7);
  l.all.begin_task();
  CHECK(l.get("other", 20, 9) == 9);  // the room of one is enough
  CHECK_FALSE(l.all.has("model"));
  CHECK(l.all.has("sae"));
  l.all.clear();
  CHECK(l.all.bytes() == 0);
}

TEST_CASE("what is of the new one's kind goes first", "[jobs][residents]") {
  struct Model {};
  struct Sae {};
  Residents all(110);
  const auto model = [&] {
    all.get<Model>(
        "model", [] { return 100; }, [] { return Model{}; });
    all.begin_task();
  };
  const auto sae = [&](const std::string& key, std::int64_t bytes) {
    all.get<Sae>(
        key, [&] { return bytes; }, [] { return Sae{}; });
    all.begin_task();
  };
  model();
  sae("a", 10);
  sae("b", 5);  // the model was used longer ago than a
  CHECK(all.has("model"));
  CHECK_FALSE(all.has("a"));
  sae("c", 5);
  CHECK(all.has("b"));
  sae("large", 60);  // no room with all of its kind gone
  CHECK_FALSE(all.has("model"));
  CHECK(all.bytes() == 60);
}

TEST_CASE("room is made before something is loaded", "[jobs][residents]") {
  Residents all(100);
  const auto size = [] { return 90; };
  all.get<int>("old", size, [] { return 1; });
  all.begin_task();
  all.get<int>("new", size, [&] {
    CHECK(all.bytes() == 0);  // never two in memory
    return 2;
  });
  CHECK(all.bytes() == 90);
}
