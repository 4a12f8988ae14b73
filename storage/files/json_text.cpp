#include "storage/files/json_text.hpp"

#include <set>
#include <vector>

#include "storage/files/fault.hpp"
#include "storage/files/stand_in.hpp"

namespace coxswain::storage {

nlohmann::json parse_json(std::string_view text, const std::string& where,
                          Repeats repeats) {
  constexpr int kDeepest = 64;
  constexpr std::size_t kBeginning = 512;
  using nlohmann::json;
  std::vector<std::set<std::string>> open;  // names so far, an object each
  // The library's parser keeps the last of two equal names without a word: a
  // header could hide a tensor from one reader and show it to another.
  const auto check = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > kDeepest) {
      throw StorageError({where, "JSON", "values nested too deeply",
                          "at most " + std::to_string(kDeepest) + " levels",
                          "the file is damaged"});
    }
    if (repeats == Repeats::last_counts) return true;
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key &&
        !open.back().insert(value.get<std::string>()).second) {
      throw StorageError({where, printable(value.get<std::string>()),
                          "named twice", "once", "the file is damaged"});
    }
    return true;
  };
  try {
    return json::parse(text, check);
  } catch (const json::exception& error) {
    // What is no JSON from its first letter on is another file.
    const std::size_t first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    const bool begun = first != std::string_view::npos &&
                       (text[first] == '{' || text[first] == '[');
    const StandIn other = stand_in(text.substr(0, kBeginning));
    throw StorageError({where, "", begun ? error.what() : other.found, "JSON",
                        begun ? "fetch it again" : other.remedy});
  }
}

}  // namespace coxswain::storage
