#pragma once

#include <optional>
#include <string>
#include <vector>

namespace coxswain::storage {

// What a user said and was answered.
struct Exchange {
  std::string user, assistant;
  bool operator==(const Exchange&) const = default;
};

// A conversation that ends with a question.
struct Conversation {
  std::optional<std::string> system{};
  std::vector<Exchange> before{};
  std::string question{};
};

}  // namespace coxswain::storage
