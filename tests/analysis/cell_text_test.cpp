#include "analysis/forms/cell_text.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/forms/table_html.hpp"
#include "analysis/forms/table_latex.hpp"
#include "analysis/forms/table_text.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A cell as the text form has it.
std::string text_of(const TableCell& cell, int decimals = 3) {
  const std::string text = to_text({"", "", {{"x", decimals}}, {{cell}}, {}});
  const std::string line = text.substr(0, text.size() - 1);
  const std::string last = line.substr(line.rfind('\n') + 1);
  return last.substr(last.find_first_not_of(' '));
}

TableCell around(double estimate, double half) {
  return Interval{estimate, estimate - half, estimate + half};
}

}  // namespace

TEST_CASE("an interval has two significant digits of its half-width",
          "[analysis][cell_text]") {
  CHECK(text_of(around(1.23456, 0.2346)) == "1.23 [1.00, 1.47]");
  CHECK(text_of(around(1.23456, 0.0099)) == "1.2346 [1.2247, 1.2445]");
  CHECK(text_of(around(1.23456, 3.4)) == "1.2 [-2.2, 4.6]");
  CHECK(text_of(around(123.456, 34)) == "123 [89, 157]");
  CHECK(text_of(around(-0.0001, 0.00023)) == "-0.00010 [-0.00033, 0.00013]");
  // Six decimals at most: what they cannot show is not printed.
  CHECK(text_of(around(-0.00012, 0.000011)) ==
        "-0.000120 [-0.000131, -0.000109]");
  CHECK(text_of(around(-1e-9, 1e-8)) == "0.000");
  // The larger of two half-widths.
  CHECK(text_of(Interval{1, 0.99, 3}) == "1.0 [1.0, 3.0]");
  CHECK(text_of(Interval{1, -kInfinity, 1.5}) == "1.00 [-inf, 1.50]");
}

TEST_CASE("numbers without limits keep their column's decimals",
          "[analysis][cell_text]") {
  CHECK(text_of(Interval{1.23456, NAN, NAN}) == "1.235");
  CHECK(text_of(Interval{2, 2, 2}, 2) == "2.00");
  CHECK(text_of(Interval{27, 20, 34}, 0) == "27 [20, 34]");  // counts
  CHECK(text_of(-0.0001) == "0.000");
  CHECK(text_of(-0.6, 0) == "-1");
  CHECK(text_of(-kInfinity, 1) == "-inf");
}

TEST_CASE("a set of ratios is what it is", "[analysis][cell_text]") {
  using Shape = RatioSet::Shape;
  const auto of = [](Shape shape) {
    return text_of(RatioSet{0.8, 0.35, 1.3, shape}, 2);
  };
  CHECK(of(Shape::interval) == "0.80 [0.35, 1.30]");
  CHECK(of(Shape::from) == "0.80 (>= 0.35)");
  CHECK(of(Shape::up_to) == "0.80 (<= 1.30)");
  CHECK(of(Shape::outside) == "0.80 (<= 0.35 or >= 1.30)");
  CHECK(of(Shape::all) == "0.80 (any)");
  CHECK(of(Shape::none) == "0.80");
  CHECK(text_of(RatioSet{NAN, NAN, NAN, Shape::none}) == "-");
}

TEST_CASE("a set of ratios has all its digits where programs read it",
          "[analysis][cell_text]") {
  const Table table{
      "t",
      "T",
      {{"kept", 2}},
      {{RatioSet{0.8, -0.25, 1.5, RatioSet::Shape::outside}},
       {RatioSet{0.8, 0.123456, kInfinity, RatioSet::Shape::from}},
       {RatioSet{1, NAN, NAN, RatioSet::Shape::none}}},
      {}};
  CHECK(to_csv(table) ==
        "kept,kept low,kept high,kept set\n"
        "0.8,-0.25,1.5,outside\n"
        "0.8,0.123456,,from\n"
        "1,,,\n");
  CHECK_THAT(to_json(table), Catch::Contains("\"set\": \"outside\""));
  CHECK_THAT(to_latex(table), Catch::Contains("$0.8$ ($\\leq$ $-0.2$ or "
                                              "$\\geq$ $1.5$)"));
  CHECK_THAT(to_html(table, {"t.csv"}),
             Catch::Contains("data-v=\"0.8\"") &&
                 Catch::Contains("<span class=\"ends\">(&le; -0.2 or &ge; "
                                 "1.5)</span>"));
}

TEST_CASE("a column can have as many decimals in every row",
          "[analysis][cell_text]") {
  const TableColumn fixed{"slope", 2, NumberKind::plain, true};
  const auto in_column = [&](const TableCell& cell) {
    const std::string text = to_text(Table{"t", "T", {fixed}, {{cell}}, {}});
    return text.substr(text.rfind("  ") + 2);
  };
  CHECK(in_column(Interval{1.23456, 1.2, 1.25}) == "1.23 [1.20, 1.25]\n");
  CHECK(in_column(Interval{1.23456, -20, 30}) == "1.23 [-20.00, 30.00]\n");
  CHECK(in_column(RatioSet{0.8, 0.35, 1.3, RatioSet::Shape::from}) ==
        "0.80 (>= 0.35)\n");
}
