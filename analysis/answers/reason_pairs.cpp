#include "analysis/answers/reason_pairs.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/resampling.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::array<std::string_view, 5> kWithinDistribution = {
    "encode-minus-zero", "anchored", "encode-around-mean",
    "encode-norm-matched", "encode-mean-norm"};

std::string method_of(const ReportSource& source, const Steerability& one) {
  const storage::DecompositionRow* row = decomposition_row(source, one);
  return row == nullptr ? ""
                        : enumerated(source.results, "methods", row->method);
}

// Positive parts that were steered in the original's place, as long as it.
std::vector<const Steerability*> positive_parts(const ReportSource& source,
                                                const Steerability& original) {
  const SteeredPlace place = place_of(variant_row(source, original));
  std::vector<const Steerability*> parts;
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = variant_row(source, one);
    if (source_of(row) == storage::VariantSource::reconstruction &&
        is(row.part, storage::Part::positive) && place_of(row) == place &&
        !has_own_length(row) && !is_resampled(row) && row.norm > 0 &&
        !one.items.empty()) {
      parts.push_back(&one);
    }
  }
  return parts;
}

}  // namespace

bool tries_distribution(const storage::Results& results,
                        const storage::DecompositionRow& row) {
  return std::ranges::count(kWithinDistribution,
                            enumerated(results, "methods", row.method)) > 0;
}

std::vector<ReasonPair> distribution_pairs(const ReportSource& source,
                                           const Steerability& original) {
  const auto all = variants_beside(source, original).reconstructions;
  std::vector<ReasonPair> pairs;
  for (const Steerability* one : all) {
    if (!tries_distribution(source.results, *decomposition_row(source, *one))) {
      continue;
    }
    const std::int32_t sae = decomposition_row(source, *one)->sae;
    for (const Steerability* plain : all) {
      const storage::DecompositionRow* row = decomposition_row(source, *plain);
      if (method_of(source, *plain) == "encode" && row->sae == sae) {
        pairs.emplace_back(one, plain);
      }
    }
  }
  return pairs;
}

std::vector<ReasonPair> sign_pairs(const ReportSource& source,
                                   const Steerability& original) {
  const MainVariants variants = variants_beside(source, original);
  std::vector<ReasonPair> pairs;
  for (const Steerability* part : positive_parts(source, original)) {
    for (const Steerability* whole : variants.reconstructions) {
      if (variant_row(source, *whole).decomposition ==
              variant_row(source, *part).decomposition &&
          whole->item_slopes != part->item_slopes) {
        pairs.emplace_back(whole, part);
      }
    }
  }
  return pairs;
}

}  // namespace coxswain::analysis
