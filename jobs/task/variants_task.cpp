#include "jobs/task/variants_task.hpp"

#include <cstddef>
#include <iterator>

namespace coxswain::jobs {
namespace {

constexpr const char* kVariantNames[] = {
    "original", "reconstruction", "zero-reconstruction",
    "random",   "planted",        "covariance",
    "shuffled", "other",          "resampled",
    "balanced", "letter"};

}  // namespace

const char* name_of(VariantSource source) {
  return kVariantNames[static_cast<std::size_t>(source)];
}

bool needs_pairs(VariantSource source) {
  return source == VariantSource::covariance ||
         source == VariantSource::shuffled ||
         source == VariantSource::resampled;
}

Control control_of(VariantSource source) {
  switch (source) {
    case VariantSource::original:
    case VariantSource::reconstruction:
    case VariantSource::balanced:
    case VariantSource::letter:
      return Control::none;
    case VariantSource::zero_reconstruction:
      return Control::zero;
    case VariantSource::random:
      return Control::random;
    case VariantSource::planted:
      return Control::planted;
    case VariantSource::covariance:
      return Control::covariance;
    case VariantSource::shuffled:
      return Control::shuffled;
    case VariantSource::other:
      return Control::other;
    case VariantSource::resampled:
      return Control::resampled;
  }
  return Control::none;
}

std::optional<VariantSource> variant_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kVariantNames); ++i) {
    if (kVariantNames[i] == name) return static_cast<VariantSource>(i);
  }
  return std::nullopt;
}

}  // namespace coxswain::jobs
