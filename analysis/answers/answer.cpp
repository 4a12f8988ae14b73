#include "analysis/answers/answer.hpp"

namespace coxswain::analysis {

std::string name_of(Shown shown) {
  return shown == Shown::yes ? "yes" : shown == Shown::no ? "no" : "not shown";
}

}  // namespace coxswain::analysis
