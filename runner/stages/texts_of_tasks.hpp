#pragma once

#include <cstddef>
#include <vector>

#include "runner/stages/stage.hpp"

namespace coxswain::runner {

// Texts that follow each other, as many together as have so many tokens.
std::vector<Texts> texts_of_tasks(const Texts& texts,
                                  std::size_t tokens_per_task);

}  // namespace coxswain::runner
