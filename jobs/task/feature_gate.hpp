#pragma once

namespace coxswain::jobs {

// What makes a feature's code f(h) of its product p = h.w with a row h of the
// residual stream: max(p scale + shift, 0) where p + bias > threshold, else 0.
// w is the feature's column of W_enc; what the SAE takes from h before it
// encodes is in bias and shift.
struct FeatureGate {
  double bias = 0;
  double threshold = 0;
  double scale = 1;
  double shift = 0;
};

}  // namespace coxswain::jobs
