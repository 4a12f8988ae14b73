#include "cluster/slurm.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace coxswain::cluster {
namespace {

constexpr std::int64_t kMostNumber = 1'000'000'000;

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || value < 0 || value > kMostNumber) return std::nullopt;
  return value;
}

// The numbers of "a:b:c".
std::optional<std::vector<std::int64_t>> numbers_between_colons(
    std::string_view text) {
  std::vector<std::int64_t> numbers;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(':', from), text.size());
    const auto one = number_of(text.substr(from, to - from));
    if (!one) return std::nullopt;
    numbers.push_back(*one);
    from = to + 1;
  }
  return numbers;
}

}  // namespace

std::string shell_word(const std::string& word) {
  const bool plain =
      !word.empty() && word.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"
                           "Z0123456789-_./:=,+@%^") == std::string::npos;
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

std::optional<std::int64_t> memory_mb_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::string_view digits = text;
  const std::size_t unit = std::string("KMGT").find(text.back());
  if (unit != std::string::npos) digits.remove_suffix(1);
  const auto value = number_of(digits);
  if (!value) return std::nullopt;
  if (unit == 0) return (*value + 1023) / 1024;
  return *value << (unit == std::string::npos ? 0 : 10 * (unit - 1));
}

std::optional<std::int64_t> seconds_of_limit(const std::string& text) {
  constexpr std::int64_t kMinute = 60, kHour = 3600, kDay = 86400;
  std::string_view rest = text;
  std::optional<std::int64_t> days;
  if (const std::size_t dash = rest.find('-'); dash != std::string::npos) {
    days = number_of(rest.substr(0, dash));
    if (!days) return std::nullopt;
    rest.remove_prefix(dash + 1);
  }
  const auto parts = numbers_between_colons(rest);
  if (!parts || parts->size() > 3) return std::nullopt;
  // After days they begin with hours, alone with minutes; three are the same.
  const bool hours_first = days.has_value() || parts->size() == 3;
  std::int64_t unit = hours_first ? kHour : kMinute;
  std::int64_t seconds = days.value_or(0) * kDay;
  for (const std::int64_t part : *parts) {
    seconds += part * unit;
    unit = unit == kHour ? kMinute : 1;
  }
  return seconds;
}

std::optional<std::string> job_id_in(const std::string& answer) {
  // Sites let sbatch say more before it.
  std::istringstream lines(answer);
  std::optional<std::string> job;
  for (std::string line; std::getline(lines, line);) {
    const std::string id = line.substr(0, line.find(';'));
    // The last one: what a site says stands before it.
    if (number_of(id)) job = id;
  }
  return job;
}

std::vector<QueuedJob> jobs_in_queue(const std::string& answer) {
  std::vector<QueuedJob> jobs;
  std::istringstream lines(answer);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    std::istringstream rest(line);
    for (std::string one; std::getline(rest, one, '|');) fields.push_back(one);
    if (fields.size() != 5 || !job_id_in(fields[0])) continue;
    jobs.push_back({fields[0], fields[1], fields[2], fields[3], fields[4]});
  }
  return jobs;
}

}  // namespace coxswain::cluster
