#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::analysis {

// What the numbers say to a question: at most what their intervals carry.
enum class Shown : std::uint8_t { yes, no, not_shown };

// "yes", "no", "not shown".
std::string name_of(Shown shown);

// What a report says to one question of one behaviour, or of all, made of
// stored numbers.
struct Answer {
  std::string question;  // "Does the vector steer?"; equal ones stand together
  std::string text;      // whole sentences, plain text, numbers with intervals
  Shown shown = Shown::not_shown;
  std::vector<std::int32_t> variants = {};  // rows of tables/variants behind it
  bool is_warning = false;                  // a yes weakens the other answers
};

}  // namespace coxswain::analysis
