#include "runner/report/first_start.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "storage/files/file_reader.hpp"

namespace coxswain::runner {

std::string first_start(const storage::RunDirectory& run) {
  using nlohmann::json;
  std::error_code ignored;
  if (!std::filesystem::exists(run.provenance(), ignored)) return "";
  // An unreadable one says nothing: it is a report, not the truth.
  const json all =
      json::parse(storage::read_text(run.provenance()), nullptr, false);
  const json::json_pointer begin("/starts/0/begin");
  if (!all.contains(begin) || !all.at(begin).is_string()) return "";
  return all.at(begin).get<std::string>();
}

}  // namespace coxswain::runner
