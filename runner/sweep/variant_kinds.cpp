#include "runner/sweep/variant_kinds.hpp"

#include <algorithm>

namespace coxswain::runner {
namespace {

using Source = jobs::VariantSource;

constexpr VariantKind kStretched{Source::shuffled, true};

}  // namespace

std::string spelling(const VariantKind& kind) {
  return std::string(jobs::name_of(kind.source)) +
         (kind.stretched ? "-stretched" : "");
}

std::vector<VariantKind> variant_kinds() {
  std::vector<VariantKind> kinds;
  for (const auto& row : storage::kNamesOf<Source>) {
    if (row.value == Source::resampled || row.value == Source::subset ||
        row.value == Source::feature) {
      continue;  // asked for by [vector] and [[feature]]
    }
    kinds.push_back({row.value});
    if (row.value == Source::shuffled) kinds.push_back(kStretched);
  }
  return kinds;
}

std::vector<VariantKind> noise_kinds() {
  return {
      {Source::random}, {Source::covariance}, {Source::shuffled}, kStretched};
}

std::optional<VariantKind> variant_kind_named(const std::string& name) {
  const std::vector<VariantKind> all = variant_kinds();
  const auto found = std::ranges::find(all, name, spelling);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

jobs::NormRule norm_rule_of(const VariantKind& kind) {
  return kind == VariantKind{Source::shuffled} ? jobs::NormRule::as_is
                                               : jobs::NormRule::equal;
}

VariantKind kind_of(Source source, jobs::NormRule norm_rule) {
  return {source,
          source == Source::shuffled && norm_rule == jobs::NormRule::equal};
}

}  // namespace coxswain::runner
