#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace coxswain::analysis {

// What methods of a report come from.
enum class Citation : std::uint8_t {
  ayer,
  bell_mccaffrey,
  cameron_gelbach_miller,
  fieller,
  ibragimov_mueller,
  phipson_smyth,
  pustejovsky_tipton,
  satterthwaite,
  tan,
  welch,
  westfall_young,
};

// Remembers what is cited.
class Citations {
 public:
  // "Welch 1947", as it stands in a sentence.
  std::string cite(Citation source);

  // What was cited, in full, in alphabetical order.
  std::vector<std::string> references() const;

 private:
  std::set<Citation> cited_;
};

}  // namespace coxswain::analysis
