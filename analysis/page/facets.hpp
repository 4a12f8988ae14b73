#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/forms/figure.hpp"
#include "analysis/forms/table.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What a filter of the page offers of one kind; those beyond are only not
// offered.
constexpr std::size_t kMostChoices = 200;

// What rows and figures can be filtered by: behaviour, layer, method, SAE. In
// the page "b0 l15 m2 s1" are the second parts of words that only the filters
// read. The results have to outlive it.
class Facets {
 public:
  explicit Facets(const storage::Results& results);

  // By what a row was made of and by its columns; empty: it is always shown.
  std::string of_row(const Table& table, std::size_t row) const;
  // By its file's name.
  std::string of_figure(const Figure& figure) const;

  // The filters, hidden until the script shows them; empty where there is
  // nothing to choose from.
  std::string bar() const;

 private:
  // Names as people read them, and the words for them, of one kind.
  struct Kind {
    char letter;
    std::string name;                         // "behaviour"
    std::vector<std::string> names;           // in the order of the results
    std::map<std::string, std::size_t> rows;  // of `names`
    void add(const std::string& one);
    std::string word(const std::string& one) const;  // "b0", empty: none
  };

  const storage::Results& results_;
  Kind behaviours_{'b', "behaviour", {}, {}};
  Kind layers_{'l', "layer", {}, {}};
  Kind methods_{'m', "method", {}, {}};
  Kind saes_{'s', "SAE", {}, {}};
};

}  // namespace coxswain::analysis
