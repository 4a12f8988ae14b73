#include "runner/growth/inputs_file.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "storage/files/durable_file.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::runner {
namespace {

using nlohmann::json;

// Raised when an older program would misunderstand it; further keys raise
// nothing.
constexpr int kFormat = 1;

json list_of(const Values& values) { return values.list(); }

Values values_of(const json& list) {
  Values values;
  for (const json& one : list) values.add(one.get<std::string>());
  return values;
}

RunInputs inputs_of(const json& all) {
  RunInputs inputs;
  inputs.program_version = all.at("program_version").get<std::string>();
  inputs.selections = values_of(all.at("selections"));
  for (const json& one : all.at("tasks")) {
    const Subject subject{one.at("kind").get<std::string>(),
                          one.at("model").get<std::string>(),
                          one.at("behaviour").get<std::string>(),
                          one.at("sae").get<std::string>()};
    Facts& facts = inputs.groups[subject];
    for (const auto& [field, values] : one.at("fields").items()) {
      facts[field].add(values_of(values));
    }
  }
  return inputs;
}

}  // namespace

NotedInputs read_inputs(const storage::RunDirectory& run) {
  const std::string path = run.inputs_file();
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return {};
  try {
    const json all = json::parse(storage::read_text(path));
    const int format = all.at("format").get<int>();
    if (format > kFormat) {
      return {std::nullopt, path + " is of a newer program"};
    }
    return {inputs_of(all), ""};
  } catch (const json::exception&) {
    return {std::nullopt, path + " is damaged"};
  } catch (const storage::StorageError& error) {
    return {std::nullopt, error.what()};
  }
}

void write_inputs(const storage::RunDirectory& run, const RunInputs& inputs) {
  json tasks = json::array();
  for (const auto& [subject, facts] : inputs.groups) {
    json fields = json::object();
    for (const auto& [field, values] : facts) fields[field] = list_of(values);
    tasks.push_back({{"kind", subject.kind},
                     {"model", subject.model},
                     {"behaviour", subject.behaviour},
                     {"sae", subject.sae},
                     {"fields", std::move(fields)}});
  }
  const json all{{"format", kFormat},
                 {"program_version", inputs.program_version},
                 {"selections", list_of(inputs.selections)},
                 {"tasks", std::move(tasks)}};
  storage::replace_file(run.inputs_file(), all.dump() + "\n");
}

}  // namespace coxswain::runner
