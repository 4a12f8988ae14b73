#pragma once

namespace coxswain::analysis {

// The smallest effect that a two-sided test at 5 % finds with a power of 80 %,
// about: (t(0.975) + t(0.8)) standard errors, t with its degrees of freedom.
// NaN without an error.
double smallest_detectable(double standard_error, double df);

}  // namespace coxswain::analysis
