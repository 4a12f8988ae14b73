#include "runner/report/report_files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "runner/report/report_page.hpp"
#include "storage/files/durable_file.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

Report small_report() {
  analysis::Figure figure;
  figure.name = "f";
  return {{{"t", "A title", {{"n"}}, {{1.5}}, {}}}, {figure}};
}

}  // namespace

TEST_CASE("a report is a file for each form of its tables and figures",
          "[runner][report_files]") {
  std::vector<std::string> names;
  for (const ReportFile& file : text_files(small_report())) {
    names.push_back(file.name);
    CHECK_FALSE(file.bytes.empty());
  }
  CHECK(names == std::vector<std::string>{"t.txt", "t.csv", "t.tex", "t.json",
                                          "f.dat", "f.gp"});
}

TEST_CASE("methods are files where there are any", "[runner][report_files]") {
  Report report = small_report();
  report.methods = {"Methods", {"A paragraph."}, {}};
  const auto files = text_files(report);
  REQUIRE(files.size() == 8);
  CHECK(files[6].name == "methods.txt");
  CHECK(files[6].bytes == "Methods\n  A paragraph.\n");
  CHECK(files[7].name == "methods.tex");
}

TEST_CASE("what was written is compared byte for byte",
          "[runner][report_files]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("report");
  const auto files = text_files(small_report());
  CHECK(differences(folder, files).size() == files.size());
  write_files(folder, files);
  CHECK(differences(folder, files).empty());
  storage::replace_file(folder + "/t.csv", "n\n1.6\n");
  std::filesystem::remove(folder + "/f.gp");
  storage::replace_file(folder + "/old.dat", "");
  storage::replace_file(folder + "/notes.md", "not ours");
  storage::replace_file(folder + "/f.svg", "a drawing");
  CHECK(differences(folder, files) ==
        std::vector<std::string>{"differs   " + folder + "/t.csv",
                                 "missing   " + folder + "/f.gp",
                                 "left over " + folder + "/old.dat"});
}

TEST_CASE("drawings whose figure has changed are not left",
          "[runner][report_files]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("report");
  const auto files = text_files(small_report());
  remove_stale_drawings(folder, files);  // no folder yet
  write_files(folder, files);
  for (const char* name : {"f.svg", "f.pdf", "mine.svg"}) {
    storage::replace_file(folder + "/" + name, "a drawing");
  }
  remove_stale_drawings(folder, files);
  CHECK(std::filesystem::exists(folder + "/f.svg"));
  storage::replace_file(folder + "/f.dat", "other numbers");
  remove_stale_drawings(folder, files);
  CHECK_FALSE(std::filesystem::exists(folder + "/f.svg"));
  CHECK_FALSE(std::filesystem::exists(folder + "/f.pdf"));
  CHECK(std::filesystem::exists(folder + "/mine.svg"));
}

TEST_CASE("the page has the sweep's name and the drawings of the folder",
          "[runner][report_files]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("report");
  storage::Results results;
  results.origin.sweep = "name = 'a <sweep>'\n";
  const ReportFile without = page_file(small_report(), results, folder);
  CHECK(without.name == "report.html");
  CHECK_THAT(without.bytes, Catch::Contains("<h1>a &lt;sweep&gt;</h1>") &&
                                Catch::Contains("Not drawn: f.svg"));
  write_files(folder, {without});
  CHECK(differences(folder, {without}).empty());
  storage::replace_file(folder + "/f.svg",
                        "<svg viewBox='0 0 9 9'><rect width='9'/></svg>");
  const ReportFile with = page_file(small_report(), results, folder);
  CHECK_THAT(with.bytes, Catch::Contains("<rect width=\"9\"/>"));
  CHECK(differences(folder, {with}) ==
        std::vector<std::string>{"differs   " + folder + "/report.html"});
  results.origin.sweep = "no TOML [";
  CHECK_THAT(page_file(small_report(), results, folder).bytes,
             Catch::Contains("<h1>Results</h1>"));
}
