#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/forms/table_html.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What the numbers of a page were computed from: rows of results.h5, each with
// a row of its own that links go to. Rows are made as they are asked for, at
// most as many as a table of a page has. The results have to outlive it.
class Origins {
 public:
  explicit Origins(const storage::Results& results);

  // The id of what these rows of tables/variants were computed from; empty for
  // none, and beyond the limit.
  std::string link(const std::vector<std::int32_t>& variants);
  // What the cells of a table's row lead to: data, SAEs, and `link()` where its
  // variants are named.
  std::vector<std::string> links(const Table& table, std::size_t row);

  // All that were asked for, as a table with ids; no rows: none were.
  Table table() const;
  std::vector<HtmlRow> rows() const;

 private:
  struct Asked {
    std::string id;
    std::vector<std::int32_t> variants;
  };

  std::vector<TableCell> row_of(const Asked& asked) const;

  const storage::Results& results_;
  std::map<std::string, std::int32_t> data_, saes_;  // rows by their names
  std::vector<Asked> asked_;
  std::map<std::vector<std::int32_t>, std::size_t> known_;
};

// Ids of the rows that a page has of data, SAEs and models; empty for a row
// that it has not.
std::string data_id(std::int32_t row);
std::string sae_id(std::int32_t row);
std::string model_id(std::int32_t row);

}  // namespace coxswain::analysis
