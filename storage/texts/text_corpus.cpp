#include "storage/texts/text_corpus.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "storage/files/file_error.hpp"
#include "storage/files/json_text.hpp"

namespace coxswain::storage {
namespace {

constexpr std::size_t kPart = 64 << 10;         // bytes of plain text
constexpr std::size_t kLongestLine = 64 << 20;  // of what a stranger sends

using Take = std::function<bool(const std::string&)>;

// The lines of a file, one in memory at a time, and their numbers.
class Lines {
 public:
  explicit Lines(const std::string& path)
      : path_(path), file_(path, std::ios::binary) {
    if (std::filesystem::is_directory(path)) {
      throw StorageError({path, "", "a folder", "a file", ""});
    }
    if (!file_) {
      throw file_error(path, "", errno);
    }
  }

  // Reads the next line; false at the end. Refuses one that no sound file has.
  bool next(std::string& line) {
    line.clear();
    ++number_;
    // Not std::getline: it would gather a line without end before its length
    // can be looked at.
    for (int c = file_.get(); c != std::char_traits<char>::eof();
         c = file_.get()) {
      if (c == '\n') return true;
      line += static_cast<char>(c);
      if (line.size() > kLongestLine) {
        throw StorageError({where(), "", "a line of more than 64 MiB",
                            "one text a line", "is this a text file?"});
      }
    }
    if (file_.bad()) {
      throw file_error(where(), "", errno);
    }
    return !line.empty();
  }

  std::string where() const { return path_ + ":" + std::to_string(number_); }

 private:
  std::string path_;
  std::ifstream file_;
  int number_ = 0;
};

std::string text_of(const std::string& line, const std::string& where) {
  const nlohmann::json entry = parse_json(line, where);
  const auto text = entry.is_object() ? entry.find("text") : entry.end();
  if (!entry.is_object() || text == entry.end() || !text->is_string()) {
    throw StorageError({where, "text", "no such key with a text",
                        "{\"text\": \"...\"} in every line", ""});
  }
  return text->get<std::string>();
}

// Calls `take` with the text of each line; returns the number of texts.
std::int64_t each_of_jsonl(Lines& lines, const Take& take) {
  std::int64_t n = 0;
  for (std::string line; lines.next(line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    ++n;
    if (!take(text_of(line, lines.where()))) break;
  }
  return n;
}

std::int64_t each_of_plain(Lines& lines, const Take& take) {
  std::int64_t n = 0;
  std::string part;
  bool more = true;
  for (std::string line; more && lines.next(line);) {
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

}  // namespace

void for_each_text(const std::string& path, const Take& take) {
  Lines lines(path);
  const std::int64_t n = path.ends_with(".jsonl") ? each_of_jsonl(lines, take)
                                                  : each_of_plain(lines, take);
  if (n == 0) throw StorageError({path, "", "no text", "reference text", ""});
}

}  // namespace coxswain::storage
