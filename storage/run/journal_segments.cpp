#include "storage/run/journal_segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "storage/files/durable_file.hpp"

namespace coxswain::storage {

namespace fs = std::filesystem;

std::string segment_path(const std::string& folder, std::uint64_t number) {
  return (fs::path(folder) / fmt::format("{:06}", number)).string();
}

std::vector<std::uint64_t> segments_in(const std::string& folder) {
  std::vector<std::uint64_t> numbers;
  if (!fs::exists(folder)) return numbers;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(name.data(), name.data() + name.size(), number);
    // Temporary names (000007.partial.1234) are no segments yet.
    if (error == std::errc() && end == name.data() + name.size()) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::optional<std::uint64_t> newer_epoch(const std::string& folder,
                                         std::uint64_t epoch) {
  const std::vector<std::uint64_t> numbers = segments_in(folder);
  if (numbers.empty() || numbers.back() <= epoch) return std::nullopt;
  return numbers.back();
}

void remove_segments(const std::string& folder,
                     const std::vector<std::uint64_t>& numbers) {
  if (numbers.empty()) return;
  for (const std::uint64_t number : numbers) {
    fs::remove(segment_path(folder, number));
  }
  // After a crash a removed segment must not come back beside the one that
  // stands for it.
  sync_folder(folder);
}

}  // namespace coxswain::storage
