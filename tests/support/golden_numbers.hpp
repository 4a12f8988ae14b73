#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace coxswain::tests {

// Numbers that other programs made, by name: a line of
// tests/data/statistics/FILE each.
class GoldenNumbers {
 public:
  explicit GoldenNumbers(const std::string& file) {
    std::ifstream in(COXSWAIN_SOURCE_DIR "/tests/data/statistics/" + file);
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      auto& numbers = by_name_[name];
      for (double number = 0; words >> number;) numbers.push_back(number);
    }
  }

  const std::vector<double>& operator[](const std::string& name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) throw std::runtime_error("no " + name);
    return found->second;
  }

  std::vector<int> integers(const std::string& name) const {
    const auto& numbers = (*this)[name];
    return {numbers.begin(), numbers.end()};
  }

 private:
  std::map<std::string, std::vector<double>> by_name_;
};

}  // namespace coxswain::tests
