#pragma once

#include <ATen/ATen.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace coxswain::tests {

// Contrast pairs and what numpy and scikit-learn make of them
// (tests/data/make/vector_methods.py).
struct PairCase {
  std::string name;
  at::Tensor positive, negative;              // [n, d] float32
  std::map<std::string, at::Tensor> vectors;  // by method, [d] float64

  at::Tensor differences() const {
    return positive.to(at::kDouble) - negative.to(at::kDouble);
  }
  const at::Tensor& mean() const { return vectors.at("mean-difference"); }
};

inline at::Tensor tensor_of_numbers(const nlohmann::json& numbers) {
  if (!numbers.front().is_array()) {
    return at::tensor(numbers.get<std::vector<double>>(), at::kDouble);
  }
  std::vector<at::Tensor> rows;
  for (const auto& row : numbers) rows.push_back(tensor_of_numbers(row));
  return at::stack(rows);
}

inline std::vector<PairCase> pair_cases() {
  std::ifstream file(COXSWAIN_SOURCE_DIR
                     "/tests/data/vector_methods/cases.json");
  std::vector<PairCase> cases;
  for (const auto& one : nlohmann::json::parse(file)) {
    PairCase made{one.at("name"),
                  tensor_of_numbers(one.at("positive")).to(at::kFloat),
                  tensor_of_numbers(one.at("negative")).to(at::kFloat),
                  {}};
    for (const auto& [name, vector] : one.at("vectors").items()) {
      made.vectors[name] = tensor_of_numbers(vector);
    }
    cases.push_back(std::move(made));
  }
  return cases;
}

// |a / |a| - b / |b||: what two directions differ by.
inline double apart(const at::Tensor& a, const at::Tensor& b) {
  return (a / a.norm() - b / b.norm()).norm().item<double>();
}

}  // namespace coxswain::tests
