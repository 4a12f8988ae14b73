#include "storage/json_text.hpp"

#include "storage/fault.hpp"

namespace coxswain::storage {

nlohmann::json parse_json(std::string_view text, const std::string& where) {
  constexpr int kDeepest = 64;
  using nlohmann::json;
  const auto shallow = [&](int depth, json::parse_event_t, json&) {
    if (depth > kDeepest) {
      throw StorageError({where, "JSON", "values nested too deeply",
                          "at most " + std::to_string(kDeepest) + " levels",
                          "the file is damaged"});
    }
    return true;
  };
  try {
    return json::parse(text, shallow);
  } catch (const json::exception& error) {
    throw StorageError({where, "", error.what(), "JSON", "fetch it again"});
  }
}

}  // namespace coxswain::storage
