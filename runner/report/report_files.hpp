#pragma once

#include <string>
#include <vector>

#include "analysis/answers/answer.hpp"
#include "analysis/forms/figure.hpp"
#include "analysis/forms/prose.hpp"
#include "analysis/forms/table.hpp"

namespace coxswain::runner {

// A report as files: all that is text is made from results alone, byte for byte
// the same for the same results.

// Tables and figures in the order in which a reader meets them.
struct Report {
  std::vector<analysis::Table> tables;
  std::vector<analysis::Figure> figures;
  analysis::Prose methods = {};                // how the numbers were made
  std::vector<analysis::Answer> answers = {};  // of the page
};

// A file of a report: its name in the folder, and all of it.
struct ReportFile {
  std::string name;
  std::string bytes;
};

// Tables as .txt, .csv, .tex and .json, figures as .dat and .gp, methods as
// .txt and .tex.
std::vector<ReportFile> text_files(const Report& report);

// Makes the folder; each file is replaced as a whole. Throws StorageError.
void write_files(const std::string& folder,
                 const std::vector<ReportFile>& files);

// Drawings whose .dat or .gp in the folder is another than in `files`: they
// show what the results do not give any more, and gnuplot may not be there to
// make them anew. Throws StorageError.
void remove_stale_drawings(const std::string& folder,
                           const std::vector<ReportFile>& files);

// A line for each file that is missing, differs, or is of these kinds and
// belongs to no table or figure any more. Drawings are not looked at.
std::vector<std::string> differences(const std::string& folder,
                                     const std::vector<ReportFile>& files);

}  // namespace coxswain::runner
