#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "storage/results/results_file.hpp"

// What arXiv:2411.08790 prints, as far as it was seen in the paper itself. What
// is only remembered of it, or follows from something else, is not here.
namespace coxswain::analysis::paper_2411_08790 {

constexpr const char* kId = "2411.08790";  // at arxiv.org

// One entry of Table 1: a feature's number and its code, as printed.
struct Feature {
  std::int32_t id = 0;
  double activation = 0;
};

// Figure 2 and Table 1: the five strongest features of a vector at layer 14.
// By behaviour; "" is the zero vector. nullopt: not in the paper.
std::optional<std::array<Feature, 5>> strongest(const std::string& behaviour);

// Whether `sae` is of the paper's kind: 16,384 features at layer 14 of
// Gemma 2 2B, base or instruction-tuned (the paper does not say which).
bool is_of_the_paper(const storage::Results& results,
                     const storage::SaeRow& sae);

}  // namespace coxswain::analysis::paper_2411_08790
