#include "storage/texts/contrast_pairs.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::storage {
namespace {

using nlohmann::json;

std::string text_at(const json& entry, const char* key,
                    const std::string& where) {
  const auto found = entry.find(key);
  if (found == entry.end()) {
    throw StorageError({where, key, "no such key", "it in every line", ""});
  }
  if (!found->is_string() || found->get<std::string>().empty()) {
    throw StorageError({where, key, found->dump().substr(0, 60),
                        "a text that is not empty", ""});
  }
  return found->get<std::string>();
}

ContrastPair parse(const std::string& text, int line,
                   const std::string& where) {
  // Without exceptions: the fault names the line instead of the parser's
  // column.
  const json entry = json::parse(text, nullptr, false);
  if (entry.is_discarded() || !entry.is_object()) {
    throw StorageError(
        {where, "", "not a JSON object", "one object a line (JSON lines)", ""});
  }
  ContrastPair pair{line, text_at(entry, "question", where),
                    text_at(entry, "answer_matching_behavior", where),
                    text_at(entry, "answer_not_matching_behavior", where)};
  if (pair.matching == pair.other) {
    throw StorageError({where, "answer_not_matching_behavior",
                        "the same answer twice", "two answers that differ",
                        ""});
  }
  return pair;
}

}  // namespace

std::vector<ContrastPair> read_contrast_pairs(const std::string& path) {
  std::istringstream lines(read_text(path));
  std::vector<ContrastPair> pairs;
  std::string text;
  for (int line = 0; std::getline(lines, text); ++line) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    pairs.push_back(parse(text, line, path + ":" + std::to_string(line + 1)));
  }
  if (pairs.empty()) {
    throw StorageError({path, "", "no lines", "contrast pairs", ""});
  }
  return pairs;
}

}  // namespace coxswain::storage
