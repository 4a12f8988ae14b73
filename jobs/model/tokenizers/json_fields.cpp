#include "jobs/model/tokenizers/json_fields.hpp"

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// Far above any vocabulary.
constexpr std::int64_t kMostTokens = 1 << 24;

}  // namespace

void refuse_field(const std::string& path, const std::string& key,
                  const nlohmann::json& found, const std::string& expected) {
  std::string text = found.dump();
  if (text.size() > 200) text = text.substr(0, 200) + "...";
  throw JobError({path, key, text, expected, ""});
}

std::int32_t token_number(const nlohmann::json& value, const std::string& path,
                          const std::string& key) {
  const std::int64_t number =
      value.is_number_integer() ? value.get<std::int64_t>() : -1;
  if (number < 0 || number >= kMostTokens) {
    refuse_field(path, key, value, "the number of a token");
  }
  return static_cast<std::int32_t>(number);
}

}  // namespace coxswain::jobs
