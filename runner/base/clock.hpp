#pragma once

namespace coxswain::runner {

double unix_seconds();       // since 1970, by this host's clock
double monotonic_seconds();  // from some moment on, never going back

}  // namespace coxswain::runner
