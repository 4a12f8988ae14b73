#include "storage/texts/contrast_pairs.hpp"

#include "storage/files/fault.hpp"
#include "storage/files/utf8.hpp"
#include "storage/texts/json_entries.hpp"
#include "storage/texts/json_fault.hpp"

namespace coxswain::storage {
namespace {

using nlohmann::json;

// The keys of an object, for messages.
std::string keys_of(const json& entry) {
  constexpr std::size_t kNamed = 6;
  std::string keys;
  std::size_t n = 0;
  for (const auto& [key, value] : entry.items()) {
    if (n++ == kNamed) return keys + ", ...";
    keys += (keys.empty() ? "" : ", ") + in_quotes(key, 40);
  }
  return keys.empty() ? "no keys at all" : keys;
}

const json& value_at(const JsonEntry& entry, const std::string& key) {
  const auto found = entry.value.find(key);
  if (found == entry.value.end()) {
    throw StorageError({entry.where, key,
                        "no such key, but " + keys_of(entry.value),
                        "it in every line", ""});
  }
  return *found;
}

std::string text_at(const JsonEntry& entry, const char* key) {
  const json& found = value_at(entry, key);
  if (!found.is_string() || found.get_ref<const std::string&>().empty()) {
    throw StorageError({entry.where, key, described(found),
                        "a text that is not empty",
                        "put a text there, or leave the line out"});
  }
  return found.get<std::string>();
}

// The name of the group that a line is of.
std::string group_at(const JsonEntry& entry, const std::string& key) {
  const json& found = value_at(entry, key);
  if (found.is_number()) return found.dump();
  if (!found.is_string() ||
      found.get_ref<const std::string&>().find_first_not_of(" \t\r\n") ==
          std::string::npos) {
    throw StorageError({entry.where, key, described(found),
                        "a text that is not empty, or a number",
                        "put the name of the line's group there, or leave the "
                        "line out"});
  }
  return found.get<std::string>();
}

ContrastPair pair_of(const JsonEntry& entry, const std::string& group) {
  if (!entry.value.is_object()) {
    throw StorageError(json_fault(entry.value.dump(), entry.where, ""));
  }
  constexpr const char* kMatching = "answer_matching_behavior";
  constexpr const char* kOther = "answer_not_matching_behavior";
  ContrastPair pair{static_cast<int>(entry.number), text_at(entry, "question"),
                    text_at(entry, kMatching), text_at(entry, kOther)};
  if (pair.matching == pair.other) {
    throw StorageError({entry.where, kOther,
                        in_quotes(pair.other, 60) + ", the same answer twice",
                        std::string("another one than ") + kMatching,
                        "correct the line, or leave it out"});
  }
  if (!group.empty()) pair.group = group_at(entry, group);
  return pair;
}

// A table has the keys in its first line alone.
void require_no_table(const TextFile& file) {
  const std::string_view head = file.head();
  const std::string_view first = head.substr(0, head.find_first_of("\r\n"));
  if (begins_as_json(head) || first.starts_with('{') ||
      first.find("question") == std::string_view::npos ||
      first.find_first_of(",;\t") == std::string_view::npos) {
    return;
  }
  throw StorageError({file.path(), "line 1", in_quotes(first, 60) + ", a table",
                      "JSON lines",
                      "convert it (pandas: to_json(path, orient=\"records\", "
                      "lines=True))"});
}

}  // namespace

std::vector<ContrastPair> read_contrast_pairs(const std::string& path,
                                              const std::string& group) {
  TextFile file(path);
  require_no_table(file);
  JsonEntries entries(file);
  std::vector<ContrastPair> pairs;
  while (const auto entry = entries.next()) {
    pairs.push_back(pair_of(*entry, group));
  }
  if (pairs.empty()) {
    throw StorageError({path, "", "no lines", "contrast pairs", ""});
  }
  return pairs;
}

}  // namespace coxswain::storage
