#pragma once

namespace coxswain::jobs {

// Attention sinks are activations of more than so many times the median norm.
constexpr double kSinkMedians = 5;

}  // namespace coxswain::jobs
