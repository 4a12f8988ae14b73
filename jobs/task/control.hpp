#pragma once

#include <cstdint>

namespace coxswain::jobs {

// What stands in for a steering vector. On disk (names/controls): never
// renumber.
enum class Control : std::uint8_t {
  none,         // the vector itself
  zero,         // the zero vector
  random,       // isotropic
  planted,      // W_U[A] - W_U[B]: a known answer for steering
  covariance,   // random with the covariance of the activations
  shuffled,     // x+ and x- exchanged in random pairs
  other,        // another behaviour's vector
  sparse,       // a signed sum of few decoder rows: a known answer for an SAE
  decoder_row,  // one decoder row
  resampled,    // of pairs drawn with replacement
};
const char* name_of(Control control);

}  // namespace coxswain::jobs
