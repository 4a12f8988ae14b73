#include "jobs/model/config/config.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "jobs/task/job_error.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/files/json_text.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

// Training, bookkeeping and other heads: nothing of the forward pass.
constexpr std::string_view kHarmless[] = {"architectures",
                                          "attention_bias",
                                          "mlp_bias",
                                          "attn_implementation",
                                          "auto_map",
                                          "bos_token_id",
                                          "boi_token_index",
                                          "cache_implementation",
                                          "classifier_dropout",
                                          "dtype",
                                          "eoi_token_index",
                                          "eos_token_id",
                                          "gradient_checkpointing",
                                          "id2label",
                                          "image_token_index",
                                          "initializer_range",
                                          "label2id",
                                          "mm_tokens_per_image",
                                          "model_type",
                                          "pad_token_id",
                                          "parameter_count",
                                          "pretraining_tp",
                                          "problem_type",
                                          "task_specific_params",
                                          "tokenizer_class",
                                          "torch_dtype",
                                          "torchscript",
                                          "transformers_version",
                                          "unk_token_id",
                                          "use_cache",
                                          "vision_config",
                                          "max_window_layers",
                                          "reorder_and_upcast_attn",
                                          "n_ctx"};
constexpr std::string_view kHarmlessEnds[] = {"dropout", "pdrop"};
constexpr std::string_view kHarmlessStarts[] = {"_", "summary_", "output_"};

bool harmless(std::string_view key) {
  return std::ranges::find(kHarmless, key) != std::end(kHarmless) ||
         std::ranges::any_of(kHarmlessEnds,
                             [&](auto end) { return key.ends_with(end); }) ||
         std::ranges::any_of(kHarmlessStarts, [&](auto start) {
           return key.starts_with(start);
         });
}

// Texts of GGUF files need not be UTF-8, which alone can be printed as JSON.
std::string shown(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Config::Config(std::string where, json values)
    : where_(std::move(where)), values_(std::move(values)) {
  if (!values_.is_object()) {
    throw JobError({where_, "", "no JSON object", "an object of settings", ""});
  }
}

bool Config::has(const std::string& key) const {
  // Asking is enough: a family that asks whether a key is there has dealt with
  // it.
  read_.insert(key);
  const auto found = values_.find(key);
  return found != values_.end() && !found->is_null();
}

bool Config::is_flag(const std::string& key) const {
  return has(key) && values_.at(key).is_boolean();
}

const json& Config::value(const std::string& key) const {
  if (!has(key)) {
    throw JobError({where_, own_name(key), "no such key", "it",
                    "the file does not describe a whole model"});
  }
  return values_.at(key);
}

template <class T>
T Config::as(const std::string& key, bool fits, const char* kind) const {
  if (!fits) refuse(key, kind);
  return values_.at(key).get<T>();
}

std::int64_t Config::integer(const std::string& key) const {
  const json& found = value(key);
  const bool fits = found.is_number_integer() &&
                    (!found.is_number_unsigned() ||
                     found.get<std::uint64_t>() <=
                         static_cast<std::uint64_t>(
                             std::numeric_limits<std::int64_t>::max()));
  return as<std::int64_t>(key, fits, "a whole number");
}
std::int64_t Config::integer_or(const std::string& key,
                                std::int64_t other) const {
  return has(key) ? integer(key) : other;
}
double Config::number(const std::string& key) const {
  const json& found = value(key);
  // GGUF's numbers may be none, JSON's can't.
  return as<double>(key,
                    found.is_number() && std::isfinite(found.get<double>()),
                    "a finite number");
}
double Config::number_or(const std::string& key, double other) const {
  return has(key) ? number(key) : other;
}
bool Config::flag_or(const std::string& key, bool other) const {
  if (!has(key)) return other;
  return as<bool>(key, value(key).is_boolean(), "true or false");
}
std::string Config::text(const std::string& key) const {
  const json& found = value(key);
  return as<std::string>(key, found.is_string(), "a text");
}
std::string Config::text_or(const std::string& key,
                            const std::string& other) const {
  return has(key) ? text(key) : other;
}

std::vector<double> Config::numbers(const std::string& key) const {
  const json& found = value(key);
  return as<std::vector<double>>(
      key,
      found.is_array() &&
          std::all_of(found.begin(), found.end(),
                      [](auto& one) { return one.is_number(); }),
      "a list of numbers");
}
std::vector<std::string> Config::texts(const std::string& key) const {
  const json& found = value(key);
  return as<std::vector<std::string>>(
      key,
      found.is_array() &&
          std::all_of(found.begin(), found.end(),
                      [](auto& one) { return one.is_string(); }),
      "a list of texts");
}

Config Config::table(const std::string& key) const {
  return {where_ + ": " + key, value(key)};
}

void Config::rename(const std::string& own, const std::string& common) {
  if (!values_.contains(own)) return;
  if (values_.contains(common) && !values_[common].is_null() &&
      !values_[own].is_null() && values_[common] != values_[own]) {
    refuse(own, own_name(common) + " of the same value, or none",
           "the two are one setting: say it once");
  }
  if (!values_.contains(common) || values_[common].is_null()) {
    call(common, own);
    values_[common] = values_[own];
  }
  values_.erase(own);
}

void Config::call(const std::string& key, const std::string& own) {
  own_names_[key] = own;
}

const std::string& Config::own_name(const std::string& key) const {
  const auto found = own_names_.find(key);
  return found == own_names_.end() ? key : found->second;
}

void Config::note(const std::string& key, const std::string& what) const {
  notes_.push_back(where_ + ": " + storage::printable(own_name(key)) + " " +
                   what);
}

void Config::note_all(const Config& table) const {
  notes_.insert(notes_.end(), table.notes_.begin(), table.notes_.end());
}

void Config::replace(const std::string& key, json value) {
  values_[key] = std::move(value);
}

void Config::set_if_absent(const std::string& key, json value) {
  if (!values_.contains(key)) values_[key] = std::move(value);
}

void Config::set_default(const std::string& key, json value) {
  if (!has(key)) values_[key] = std::move(value);
}

void Config::refuse(const std::string& key, const std::string& expected,
                    const std::string& remedy) const {
  throw JobError({where_, own_name(key),
                  values_.contains(key) ? shown(values_.at(key)) : "nothing",
                  expected, remedy});
}

void Config::refuse_unless(const std::string& key, const json& harmless) const {
  if (has(key) && values_.at(key) != harmless) refuse(key, harmless.dump());
}

std::vector<std::string> Config::unread() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : values_.items()) {
    if (!read_.contains(key) && !harmless(key))
      keys.push_back(storage::printable(own_name(key)));
  }
  return keys;
}

std::vector<std::string> Config::unasked() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : values_.items()) {
    if (!read_.contains(key)) keys.push_back(key);
  }
  return keys;
}

Config read_config(const std::string& path) {
  return {path, storage::parse_json(storage::read_text(path, 16U << 20), path)};
}

}  // namespace coxswain::jobs
