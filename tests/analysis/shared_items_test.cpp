#include "analysis/measures/shared_items.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("slopes of the items that two variants share",
          "[analysis][shared_items]") {
  Steerability a, b;
  a.items = {1, 3, 4, 9};
  a.item_slopes = {0.1, 0.3, 0.4, 0.9};
  b.items = {0, 3, 9, 10};
  b.item_slopes = {5, 6, 7, 8};
  const SharedItems shared = shared_items(a, b);
  CHECK(shared.items == std::vector<std::int32_t>{3, 9});
  CHECK(shared.first == std::vector<double>{0.3, 0.9});
  CHECK(shared.second == std::vector<double>{6, 7});
  CHECK(shared_items(a, {}).items.empty());
}
