#include "runner/report_files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/durable_file.hpp"
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
