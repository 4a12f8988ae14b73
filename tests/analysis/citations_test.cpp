#include "analysis/measures/citations.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("what is cited is listed, once and in order",
          "[analysis][citations]") {
  Citations citations;
  CHECK(citations.references().empty());
  CHECK(citations.cite(Citation::welch) == "Welch 1947");
  CHECK(citations.cite(Citation::fieller) == "Fieller 1954");
  citations.cite(Citation::welch);
  const auto references = citations.references();
  REQUIRE(references.size() == 2);
  CHECK_THAT(references[0], Catch::StartsWith("Fieller, E. C. (1954)"));
  CHECK_THAT(references[1], Catch::StartsWith("Welch, B. L. (1947)"));
}
