#include "analysis/forms/rows_csv.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "storage/results/rows/cell_row.hpp"
#include "storage/results/rows/model_row.hpp"
#include "storage/results/rows/name_row.hpp"
#include "storage/results/rows/propensity_row.hpp"

using namespace coxswain;
using analysis::rows_to_csv;

TEST_CASE("a table's rows become lines under its columns' names",
          "[analysis][rows_csv]") {
  storage::NameRow row;
  row.id = -7;
  row.name = {"omp, \"fast\""};
  row.description = {"two\nlines, cut \xC3"};
  CHECK(rows_to_csv(std::vector{row, storage::NameRow()}) ==
        "id,name,description\n"
        "-7,\"omp, \"\"fast\"\"\",\"two lines, cut \xEF\xBF\xBD\"\n"
        "0,,\n");
  CHECK(rows_to_csv(std::vector<storage::NameRow>()) ==
        "id,name,description\n");
}

TEST_CASE("numbers read back the same, those that are none are left out",
          "[analysis][rows_csv]") {
  storage::PropensityRow row;
  row.cell = 1LL << 40;
  row.multiplier = 0.1;
  row.dose = std::numeric_limits<double>::quiet_NaN();
  row.logit_match = 0.1F;
  row.logit_other = -1e-30F;
  row.log_sum_exp = std::numeric_limits<float>::quiet_NaN();
  CHECK(rows_to_csv(std::vector{row}) ==
        "cell,item,variant,layer,multiplier,dose,positions,logit_match,"
        "logit_other,log_sum_exp\n"
        "1099511627776,0,0,0,0.1,,0,0.1,-1e-30,\n");
  storage::CellRow cell;
  cell.key_high = std::numeric_limits<std::uint64_t>::max();
  cell.kind = 200;
  CHECK(rows_to_csv(std::vector{cell}) ==
        "key_high,key_low,kind,state,reason\n"
        "18446744073709551615,0,200,0,0\n");
}

TEST_CASE("text that fills its column has no end of its own",
          "[analysis][rows_csv]") {
  storage::ModelRow row;
  row.format = {std::string(16, 'f')};
  row.family = {"llama"};
  const std::string csv = rows_to_csv(std::vector{row});
  CHECK_THAT(csv, Catch::Contains("," + std::string(16, 'f') + ",llama,"));
}
