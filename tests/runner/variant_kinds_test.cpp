#include "runner/sweep/variant_kinds.hpp"

#include <catch2/catch.hpp>

using namespace coxswain;
using namespace coxswain::runner;
using Source = jobs::VariantSource;

TEST_CASE("every kind is known again by its spelling",
          "[runner][variant_kinds]") {
  for (const VariantKind& kind : variant_kinds()) {
    CHECK(variant_kind_named(spelling(kind)) == kind);
  }
  // Resampled ones, subsets and features are not asked for by name; stretched
  // ones are beside.
  CHECK(variant_kinds().size() == storage::kNamesOf<Source>.size() - 2);
  CHECK_FALSE(variant_kind_named("feature"));
  CHECK_FALSE(variant_kind_named("resampled"));
  CHECK_FALSE(variant_kind_named("subset"));
  CHECK_FALSE(variant_kind_named("random-stretched"));
  CHECK(spelling({Source::shuffled, true}) == "shuffled-stretched");
}

TEST_CASE("shuffled vectors alone have a length of their own",
          "[runner][variant_kinds]") {
  for (const VariantKind& kind : noise_kinds()) {
    const bool own = kind == VariantKind{Source::shuffled};
    CHECK((norm_rule_of(kind) == jobs::NormRule::as_is) == own);
    CHECK(kind_of(kind.source, norm_rule_of(kind)) == kind);
  }
  CHECK(kind_of(Source::original, jobs::NormRule::equal) == VariantKind());
}
