#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace coxswain::storage {

// What a stranger's line or entry may have, in bytes.
constexpr std::size_t kLongestText = 64U << 20;

// A file of text in UTF-8, read from its beginning to its end with no more in
// memory than a line. A byte order mark at its beginning is dropped. The
// constructor throws StorageError for what is no text: by what it is (see
// storage/files/file_kind.hpp), or by its encoding (UTF-16 and UTF-32, with or
// without a mark, and bytes that no text has).
class TextFile {
 public:
  explicit TextFile(std::string path);

  const std::string& path() const { return path_; }
  // The first bytes of the text, up to kHead of them.
  std::string_view head() const;

  // The next byte; -1 at the end.
  int get();
  // Reads the rest of the line; false at the end of the file. Throws
  // StorageError for a line of more than kLongestText bytes, or one that is not
  // UTF-8.
  bool next(std::string& line);

  // Of the line that was begun last, from 1, as editors count.
  std::int64_t line() const { return line_; }
  std::string where() const { return path_ + ":" + std::to_string(line_); }

 private:
  std::string path_;
  std::ifstream file_;
  std::string head_;
  std::size_t begin_ = 0;  // of the text in the head, behind a mark
  std::size_t at_ = 0;     // of what is read of the head
  std::int64_t line_ = 0;
  bool line_ended_ = true;
};

// Throws StorageError naming `where` and the first byte of `text` that is not
// UTF-8.
void require_utf8(std::string_view text, const std::string& where);

}  // namespace coxswain::storage
