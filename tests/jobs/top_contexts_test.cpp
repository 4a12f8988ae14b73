#include "jobs/observation/top_contexts.hpp"

#include <catch2/catch.hpp>

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// "value@text.position", strongest first.
std::string shown(const TopContexts& contexts, std::int64_t feature) {
  std::string text;
  for (const TopContexts::Entry& one : contexts.of(feature)) {
    text += (text.empty() ? "" : " ") +
            std::to_string(static_cast<int>(one.value)) + "@" +
            std::to_string(one.place.text) + "." +
            std::to_string(one.place.position);
  }
  return text;
}

}  // namespace

TEST_CASE("the largest values are kept, of equal ones the earlier",
          "[jobs][top_contexts]") {
  TopContexts contexts(2, 3);
  contexts.add(1, 4, {0, 1});
  CHECK(shown(contexts, 1) == "4@0.1");
  contexts.add(1, 0, {0, 2});
  contexts.add(1, -1, {0, 3});
  contexts.add(1, 6, {0, 4});
  contexts.add(1, 4, {1, 0});
  contexts.add(1, 4, {1, 1});  // there are three as large
  CHECK(shown(contexts, 1) == "6@0.4 4@0.1 4@1.0");
  contexts.add(1, 5, {2, 7});
  CHECK(shown(contexts, 1) == "6@0.4 5@2.7 4@0.1");
  CHECK(shown(contexts, 0).empty());
}

TEST_CASE("parts that follow each other make the whole",
          "[jobs][top_contexts]") {
  TopContexts whole(1, 4), first(1, 4), second(1, 4), merged(1, 4);
  for (std::int32_t i = 0; i < 40; ++i) {
    const auto value = static_cast<float>(i * 17 % 7);
    const TextPlace place{i / 8, i % 8};
    whole.add(0, value, place);
    (i < 16 ? first : second).add(0, value, place);
  }
  for (const TopContexts* part : {&first, &second}) {
    for (const auto& one : part->of(0)) merged.add(0, one.value, one.place);
  }
  CHECK(shown(whole, 0).size() > 12);
  CHECK(shown(merged, 0) == shown(whole, 0));
}

TEST_CASE("contexts become arrays, zeros where nothing fires",
          "[jobs][top_contexts]") {
  TopContexts contexts(2, 2);
  contexts.add(1, 2.5F, {3, 4});
  storage::ArrayMap result;
  contexts.keep(result);
  CHECK(result.at("context_values").shape == std::vector<std::int64_t>{2, 2});
  CHECK(storage::floats(result.at("context_values")) ==
        std::vector<float>{0, 0, 2.5F, 0});
  CHECK(storage::integers(result.at("context_places")) ==
        std::vector<std::int64_t>{0, 0, 0, 0, 3, 4, 0, 0});
  TopContexts none(2, 0);
  none.add(0, 1, {0, 0});
  CHECK(none.of(0).empty());
}
