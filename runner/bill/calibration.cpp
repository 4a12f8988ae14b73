#include "runner/bill/calibration.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "jobs/device/device.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/files/json_text.hpp"

namespace coxswain::runner {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

// Every number of a calibration beside its paces, by its name in the file.
constexpr std::pair<const char*, double Calibration::*> kNumbers[] = {
    {"model_load_rate", &Calibration::model_load_rate},
    {"sae_load_rate", &Calibration::sae_load_rate},
    {"commit_seconds", &Calibration::commit_seconds},
    {"shard_rate", &Calibration::shard_rate},
    {"seal_rate", &Calibration::seal_rate},
};
constexpr std::pair<const char*, std::string Calibration::*> kTexts[] = {
    {"numerics", &Calibration::numerics}, {"compute", &Calibration::compute},
    {"model", &Calibration::model},       {"host", &Calibration::host},
    {"measured", &Calibration::measured},
};

// A rate or time that is none is refused as damage.
double duration(const json& value) {
  const auto number = value.get<double>();
  if (!std::isfinite(number) || number < 0) {
    throw std::invalid_argument("a number below 0, or none");
  }
  return number;
}

Calibration from_json(const json& entry) {
  Calibration one;
  for (const auto& [name, member] : kTexts) {
    one.*member = entry.at(name).get<std::string>();
  }
  for (const auto& [name, member] : kNumbers) {
    one.*member = duration(entry.at(name));
  }
  const json& paces = entry.at("paces");
  for (const jobs::TaskKind kind : jobs::kinds_in_order()) {
    if (!jobs::is_timed(kind)) continue;
    const auto pace = paces.find(jobs::name_of(kind));
    if (pace == paces.end()) continue;
    one.paces[kind] = {duration(pace->at("each")),
                       duration(pace->at("per_flop"))};
  }
  return one;
}

json to_json(const Calibration& one) {
  json entry;
  for (const auto& [name, member] : kTexts) entry[name] = one.*member;
  for (const auto& [name, member] : kNumbers) entry[name] = one.*member;
  entry["paces"] = json::object();
  for (const auto& [kind, pace] : one.paces) {
    entry["paces"][jobs::name_of(kind)] = {{"each", pace.each},
                                           {"per_flop", pace.per_flop}};
  }
  return entry;
}

bool same_key(const Calibration& one, const CalibrationKey& key) {
  return one.numerics == key.numerics && one.compute == key.compute &&
         one.model == key.model;
}

}  // namespace

std::optional<double> Calibration::seconds(jobs::TaskKind kind,
                                           double flops) const {
  auto pace = paces.find(kind);
  if (pace == paces.end() && jobs::is_clean_passes(kind)) {
    pace = paces.find(jobs::kKindOf<jobs::ExtractTask>);
  }
  if (pace == paces.end()) return std::nullopt;
  return pace->second.each + flops * pace->second.per_flop;
}

std::string model_class(const Plan& plan) {
  std::set<std::string> classes;
  for (const PlannedModel& model : plan.models) {
    const jobs::Architecture& a = model.header.architecture;
    classes.insert(fmt::format(
        "{} {} {} layers={} d_model={} heads={}/{} d_mlp={} vocabulary={}",
        a.family.empty() ? "none" : a.family, model.header.format,
        model.header.dtype, a.n_layers, a.d_model, a.n_heads, a.n_kv_heads,
        a.d_mlp, a.d_vocab));
  }
  return fmt::format("{}", fmt::join(classes, ", "));
}

CalibrationKey calibration_key(const Plan& plan) {
  return {jobs::numerics_description(plan.sweep.threads, jobs::best_device()),
          name_of(plan.sweep.compute), model_class(plan)};
}

std::vector<Calibration> read_calibrations(const std::string& path) {
  std::vector<Calibration> all;
  if (!std::filesystem::exists(path)) return all;
  const char* remedy = "coxswain plan --calibrate writes it anew";
  const json file = storage::parse_json(storage::read_text(path), path);
  try {
    if (file.at("format").get<int>() != kFormat) {
      throw std::invalid_argument("another format");
    }
    for (const json& entry : file.at("calibrations")) {
      all.push_back(from_json(entry));
    }
  } catch (const std::exception& error) {
    throw storage::StorageError({path, "", storage::printable(error.what()),
                                 "calibrations as coxswain writes them",
                                 remedy});
  }
  return all;
}

const Calibration* find_calibration(const std::vector<Calibration>& all,
                                    const CalibrationKey& key) {
  const Calibration* elsewhere = nullptr;
  for (const Calibration& one : all) {
    if (same_key(one, key)) return &one;
    if (one.compute != key.compute || one.model != key.model) continue;
    if (elsewhere == nullptr || one.measured > elsewhere->measured) {
      elsewhere = &one;
    }
  }
  return elsewhere;
}

std::string calibration_file(const std::string& cache) {
  return cache + "/calibration.json";
}

std::optional<Calibration> calibration_here(const std::string& cache,
                                            const Plan& plan) {
  if (cache.empty()) return std::nullopt;
  try {
    const auto all = read_calibrations(calibration_file(cache));
    const CalibrationKey key = calibration_key(plan);
    const Calibration* found = find_calibration(all, key);
    if (found == nullptr || !same_key(*found, key)) return std::nullopt;
    return *found;
  } catch (const storage::StorageError&) {
    return std::nullopt;
  }
}

void keep_calibration(const std::string& path, const Calibration& calibration) {
  std::vector<Calibration> all;
  try {
    all = read_calibrations(path);
  } catch (const storage::StorageError&) {
    // Measured again in a minute: nothing is lost.
  }
  std::erase_if(all, [&](const Calibration& one) {
    return same_key(
        one, {calibration.numerics, calibration.compute, calibration.model});
  });
  all.push_back(calibration);
  json file{{"format", kFormat}, {"calibrations", json::array()}};
  for (const Calibration& one : all) {
    file["calibrations"].push_back(to_json(one));
  }
  storage::make_folders(std::filesystem::path(path).parent_path().string());
  storage::replace_file(path, file.dump(1) + "\n");
}

}  // namespace coxswain::runner
