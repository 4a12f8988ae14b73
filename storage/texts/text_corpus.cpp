#include "storage/texts/text_corpus.hpp"

#include <algorithm>
#include <cctype>

#include "storage/files/fault.hpp"
#include "storage/files/utf8.hpp"
#include "storage/texts/json_entries.hpp"

namespace coxswain::storage {
namespace {

constexpr std::size_t kPart = 64 << 10;  // bytes of plain text

using Take = std::function<bool(const std::string&)>;

std::string text_of(const JsonEntry& entry) {
  if (entry.value.is_string()) return entry.value.get<std::string>();
  const bool is_object = entry.value.is_object();
  const auto text = is_object ? entry.value.find("text") : entry.value.end();
  if (text == entry.value.end() || !text->is_string()) {
    throw StorageError({entry.where, "text",
                        !is_object                  ? described(entry.value)
                        : text == entry.value.end() ? "no such key with a text"
                                                    : described(*text),
                        "{\"text\": \"...\"} in every line",
                        "put a text there, or leave the line out"});
  }
  return text->get<std::string>();
}

// Calls `take` with the text of each entry; returns the number of texts.
std::int64_t each_of_json(TextFile& file, const Take& take) {
  JsonEntries entries(file);
  std::int64_t n = 0;
  while (const auto entry = entries.next()) {
    ++n;
    if (!take(text_of(*entry))) break;
  }
  return n;
}

std::int64_t each_of_plain(TextFile& file, const Take& take) {
  std::int64_t n = 0;
  std::string part;
  bool more = true;
  for (std::string line; more && file.next(line);) {
    part += line + "\n";
    if (part.size() < kPart) continue;
    ++n;
    more = take(part);
    part.clear();
  }
  if (more && part.find_first_not_of(" \t\r\n") != std::string::npos) {
    ++n;
    take(part);
  }
  return n;
}

// Commas and quotation marks of a table would be measured as text. Its name
// tells, or a first line that names a column "text".
void require_no_table(const TextFile& file) {
  const std::string_view head = file.head();
  std::string first(head.substr(0, head.find_first_of("\r\n")));
  bool table = false;
  for (const char* ending : {".csv", ".tsv", ".CSV", ".TSV"}) {
    table = table || file.path().ends_with(ending);
  }
  for (const char separator : {',', ';', '\t'}) {
    const std::string marked = separator + first + separator;
    if (first.find(separator) == std::string::npos || first.size() > 1000) {
      continue;
    }
    for (const char* name : {"text", "\"text\""}) {
      table = table || marked.find(separator + std::string(name) + separator) !=
                           std::string::npos;
    }
  }
  if (!table) return;
  throw StorageError({file.path(), "line 1", in_quotes(first, 60) + ", a table",
                      "plain text, or JSON lines with \"text\"",
                      "convert it (pandas: to_json(path, orient=\"records\", "
                      "lines=True))"});
}

}  // namespace

void for_each_text(const std::string& path, const Take& take) {
  TextFile file(path);
  const bool json = is_named_json(path) || begins_as_json(file.head());
  if (!json) require_no_table(file);
  const std::int64_t n =
      json ? each_of_json(file, take) : each_of_plain(file, take);
  if (n == 0) throw StorageError({path, "", "no text", "reference text", ""});
}

}  // namespace coxswain::storage
