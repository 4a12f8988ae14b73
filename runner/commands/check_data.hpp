#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "jobs/check/data_check.hpp"
#include "runner/commands/commands.hpp"
#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::runner {

// A file of pairs as a model is shown it.
struct DataLook {
  std::string file, model;  // paths
  jobs::ModelHeader header;
  DataEntry data;  // a [[data]] table with what the command line said
  storage::PairFile read;
  jobs::DataCheck check;
  std::vector<std::string> notes;     // what the user should know
  std::vector<std::string> problems;  // why it can't be used so
};

// Throws ProgramError: bad_data for what can't be read, bad_sweep for a key
// that no [[data]] table has, bad_model.
DataLook look_at_data(const CheckOptions& options);
std::string look_text(const DataLook& look);  // at most a screen
nlohmann::json look_json(const DataLook& look);

// Prints how the first pairs of options.source are read. bad_data if it can't
// be used so.
ExitCode print_data_check(const CheckOptions& options);

}  // namespace coxswain::runner
