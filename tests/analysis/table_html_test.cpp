#include "analysis/forms/table_html.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("a table of a page has a caption, scopes and values to sort by",
          "[analysis][table_html]") {
  const Table table{
      "t",
      "Slopes: of it (1 of 2 cells)",
      {{"name"}, {"rows"}, {"level", 2}, {"x", 1}, {"kept"}},
      {{std::string("a"), std::int64_t{-3}, Interval{-1, -1.5, 0.25}, 1.25,
        std::string("53 %")},
       {std::string("a"), std::int64_t{40}, Interval{NAN, NAN, NAN}, NAN,
        std::string("original does not steer")},
       {std::string("b"), std::int64_t{0}, Interval{0.5, 0, 1}, 2.0,
        std::string()}},
      {"50 % of", "it."}};
  CHECK(to_html(table, {"t.csv"}) ==
        "<section id=\"table-t\">\n<h3 id=\"table-t-name\">Slopes</h3>\n"
        "<div class=\"box\" role=\"group\" tabindex=\"0\" "
        "aria-labelledby=\"table-t-name\"><table>\n"
        "<caption><span>Of it (1 of 2 cells)</span></caption>\n"
        "<thead><tr><th scope=\"col\" class=\"k0 z w\"><span>name</span></th>"
        "<th scope=\"col\"><span>rows</span></th>"
        "<th scope=\"col\"><span>level</span></th>"
        "<th scope=\"col\"><span>x</span></th>"
        "<th scope=\"col\"><span>kept</span></th></tr></thead>\n<tbody>\n"
        "<tr><th scope=\"row\" class=\"k0 z w\">a</th><td data-v=\"-3\">-3</td>"
        "<td data-v=\"-1\">-1.0 <span class=\"ends\">[-1.5, 0.2]</span></td>"
        "<td data-v=\"1.25\">1.2</td><td data-v=\"53\">53 %</td></tr>\n"
        "<tr><th scope=\"row\" class=\"k0 z w again\">a</th>"
        "<td data-v=\"40\">40</td>"
        "<td><span class=\"none\">\xE2\x80\x93</span></td>"
        "<td><span class=\"none\">\xE2\x80\x93</span></td>"
        "<td>original does not steer</td></tr>\n"
        "<tr class=\"new\"><th scope=\"row\" class=\"k0 z w\">b</th>"
        "<td data-v=\"0\">0</td><td data-v=\"0.5\">0.50 "
        "<span class=\"ends\">[0.00, 1.00]</span></td>"
        "<td data-v=\"2\">2.0</td><td></td></tr>\n"
        "</tbody></table></div>\n"
        "<p class=\"note\">50 % of it. <code>t.csv</code></p>\n</section>\n");
}

TEST_CASE("a header is broken between words", "[analysis][table_html]") {
  const Table table{
      "t", "T", {{"content slope"}, {"p slope (adjusted)"}, {"a < b"}}, {}, {}};
  CHECK_THAT(to_html(table, {"t.csv"}),
             Catch::Contains("<span>content slope</span>") &&
                 Catch::Contains("<span>p slope <br>(adjusted)</span>") &&
                 Catch::Contains("<span>a &lt; b</span>"));
}

TEST_CASE("a title without a colon is heading and caption",
          "[analysis][table_html]") {
  CHECK(split_title("Norms").head == "Norms");
  CHECK(split_title("Norms").rest == "Norms");
  CHECK(split_title("Table 1: the five").head == "Table 1");
  CHECK(split_title("Table 1: the five").rest == "The five");
}

TEST_CASE("no text of a table is markup", "[analysis][table_html]") {
  const std::string hostile = "x\"'><img src=x onerror=alert(1)>: </table>";
  const std::string html = to_html(
      {"t", hostile, {{hostile}}, {{hostile}}, {hostile}}, {hostile, hostile});
  CHECK_THAT(html, !Catch::Contains("<img") && !Catch::Contains("x\"'") &&
                       Catch::Contains("&lt;img src=x onerror=alert(1)&gt;"));
  CHECK(html.find("</table>") == html.rfind("</table>"));
}

TEST_CASE("of a very long table the first rows, and how many there are",
          "[analysis][table_html]") {
  Table table{"t", "Long", {{"n"}}, {}, {}};
  for (std::int64_t i = 0; i < 400; ++i) table.rows.push_back({i});
  CHECK_THAT(to_html(table, {"t.csv"}), Catch::Contains("data-v=\"399\"") &&
                                            !Catch::Contains("The first"));
  table.rows.push_back({std::int64_t{400}});
  CHECK_THAT(to_html(table, {"t.csv"}),
             Catch::Contains("data-v=\"399\"") &&
                 !Catch::Contains("data-v=\"400\"") &&
                 Catch::Contains("The first 400 of 401 rows; t.csv has all"));
}

TEST_CASE(
    "columns that name rows are headers of them, n stands before the rest",
    "[analysis][table_html]") {
  const Table table{
      "t",
      "T",
      {{"layer"}, {"variant"}, {"x", 1}, {"n"}},
      {{std::int64_t{3}, std::string("a<b"), 0.5, std::int64_t{8}}},
      {}};
  HtmlLooks looks{"t.csv", "Look at <n>."};
  looks.rows = {{"row-1", "l3", {"", "from-0", "", ""}}};
  CHECK_THAT(
      to_html(table, looks),
      Catch::Contains("<p class=\"look\">Look at &lt;n&gt;.</p>") &&
          Catch::Contains(
              "<tr id=\"row-1\" data-f=\"l3\"><th scope=\"row\" "
              "class=\"k0\" data-v=\"3\">3</th><th scope=\"row\" "
              "class=\"k1 z w\"><a href=\"#from-0\">a&lt;b</a></th>"
              "<td data-v=\"8\">8</td><td data-v=\"0.5\">0.5</td></tr>"));
}

TEST_CASE("a table of many columns is printed small, then across",
          "[analysis][table_html]") {
  Table table{"t", "T", {}, {{}}, {}};
  table.columns.resize(12, {"c"});
  table.rows[0].resize(12, 0.5);
  CHECK_THAT(to_html(table, {"t.csv"}),
             !Catch::Contains("across") && !Catch::Contains("dense"));
  table.columns.resize(17, {"c"});
  table.rows[0].resize(17, 0.5);
  CHECK_THAT(to_html(table, {"t.csv"}), Catch::Contains("class=\"dense\""));
  table.columns.resize(18, {"c"});
  table.rows[0].resize(18, 0.5);
  CHECK_THAT(to_html(table, {"t.csv"}),
             Catch::Contains("class=\"dense across\""));
}
