// bench_statistics [SECTION...]: what the statistics of analysis/statistics do
// on data whose truth is known: coverage and width of intervals, familywise
// error and power, how often noise is said to steer. Markdown; seeds are fixed.

#include <iostream>
#include <utility>

#include "tests/bench/statistics_runs.hpp"

namespace coxswain::bench {

void print_row(const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) std::cout << "| " << cell << " ";
  std::cout << "|" << std::endl;
}

void print_head(const std::string& title,
                const std::vector<std::string>& head) {
  std::cout << "\n" << title << "\n\n";
  print_row(head);
  print_row(std::vector<std::string>(head.size(), "---"));
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", 100 * share);
  return text;
}

std::string percent_and_width(double share, double w) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f (%.2f)", 100 * share, w);
  return text;
}

void Lowest::add(std::size_t column, tests::Law law, double share) {
  double& lowest = shares_[column][tests::is_symmetric(law)         ? 0
                                   : law == tests::Law::exponential ? 1
                                                                    : 2];
  lowest = std::min(lowest, share);
}

std::vector<std::string> Lowest::row(std::vector<std::string> beginning) const {
  for (const auto& of : shares_) {
    beginning.push_back(percent(of[0]) + " / " + percent(of[1]) + " / " +
                        percent(of[2]));
  }
  return beginning;
}

}  // namespace coxswain::bench

int main(int argc, char** argv) {
  using namespace coxswain::bench;
  const std::pair<std::string, void (*)()> sections[] = {
      {"content", content_section},     {"skewed", skewed_section},
      {"two_level", two_level_section}, {"retained", retained_section},
      {"family", family_section},       {"noise", noise_section},
      {"yes_no", yes_no_section}};
  const std::vector<std::string> asked(argv + 1, argv + argc);
  for (const auto& [name, section] : sections) {
    if (asked.empty() || std::ranges::count(asked, name) > 0) section();
  }
}
