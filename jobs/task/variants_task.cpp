#include "jobs/task/variants_task.hpp"

namespace coxswain::jobs {

bool needs_pairs(VariantSource source) {
  return source == VariantSource::covariance ||
         source == VariantSource::shuffled ||
         source == VariantSource::resampled || source == VariantSource::subset;
}

bool needs_pairs(const VariantRequest& request) {
  return request.resampled || needs_pairs(request.source);
}

Control control_of(VariantSource source) {
  switch (source) {
    case VariantSource::original:
    case VariantSource::reconstruction:
    case VariantSource::balanced:
    case VariantSource::letter:
    case VariantSource::feature:
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
    case VariantSource::subset:
      return Control::subset;
  }
  return Control::none;
}

}  // namespace coxswain::jobs
