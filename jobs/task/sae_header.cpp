#include "jobs/task/sae_header.hpp"

#include <cassert>
#include <cstddef>
#include <iterator>

namespace coxswain::jobs {
namespace {

// Names in the order of SaeArchitecture, as SAELens and sparsify spell them.
constexpr const char* kArchitectures[] = {
    "standard", "jumprelu",        "topk", "abstopk", "groupmax",
    "gated",    "matching_pursuit"};

}  // namespace

const char* name_of(SaeArchitecture architecture) {
  assert(static_cast<std::size_t>(architecture) < std::size(kArchitectures));
  return kArchitectures[static_cast<std::size_t>(architecture)];
}

std::optional<SaeArchitecture> sae_architecture_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kArchitectures); ++i) {
    if (name == kArchitectures[i]) return static_cast<SaeArchitecture>(i);
  }
  return std::nullopt;
}

const char* name_of(InputNormalisation normalisation) {
  constexpr const char* kNames[] = {"none", "constant_norm_rescale",
                                    "layer_norm"};
  assert(static_cast<std::size_t>(normalisation) < std::size(kNames));
  return kNames[static_cast<std::size_t>(normalisation)];
}

std::string why_not_alone(const SaeHeader& header) {
  switch (header.architecture) {
    case SaeArchitecture::standard:
    case SaeArchitecture::jump_relu:
    case SaeArchitecture::gated:
      break;
    default:
      return std::string("architecture ") + name_of(header.architecture) +
             ": whether a feature fires depends on the others";
  }
  if (header.normalisation != InputNormalisation::none) {
    return std::string("normalisation ") + name_of(header.normalisation) +
           ": codes are in units of each row's own length";
  }
  return header.transcoder ? "a transcoder: it rebuilds another site" : "";
}

}  // namespace coxswain::jobs
