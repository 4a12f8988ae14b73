#include "storage/texts/text_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>

#include "storage/files/fault.hpp"
#include "storage/files/file_error.hpp"
#include "storage/files/file_kind.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::storage {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMark = "\xEF\xBB\xBF";

[[noreturn]] void refuse_encoding(const std::string& path, const char* found,
                                  const char* name) {
  throw StorageError({path, "", found, "UTF-8",
                      fmt::format("convert it: iconv -f {} -t UTF-8", name)});
}

// Text has no zero bytes, but UTF-16 has one beside every Latin letter.
void require_no_zeros(const std::string& path, std::string_view head) {
  if (head.find('\0') == std::string_view::npos) return;
  std::size_t zeros[2] = {0, 0};  // at even and at odd places
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\0') ++zeros[i % 2];
  }
  const std::size_t most = head.size() / 4;
  if (zeros[1] > most && zeros[0] <= zeros[1] / 4) {
    refuse_encoding(path, "UTF-16 (little-endian, without a mark)", "UTF-16LE");
  }
  if (zeros[0] > most && zeros[1] <= zeros[0] / 4) {
    refuse_encoding(path, "UTF-16 (big-endian, without a mark)", "UTF-16BE");
  }
  throw StorageError({path, fmt::format("byte {}", head.find('\0')),
                      "a zero, which no text has", "text in UTF-8",
                      "is this a binary file, or damaged?"});
}

void require_text(const std::string& path, std::string_view head) {
  // UTF-32's mark begins as UTF-16's does.
  if (head.starts_with("\xFF\xFE\0\0"sv)) {
    refuse_encoding(path, "UTF-32 (little-endian)", "UTF-32LE");
  }
  if (head.starts_with("\0\0\xFE\xFF"sv)) {
    refuse_encoding(path, "UTF-32 (big-endian)", "UTF-32BE");
  }
  if (head.starts_with("\xFF\xFE")) {
    refuse_encoding(path, "UTF-16 (little-endian)", "UTF-16LE");
  }
  if (head.starts_with("\xFE\xFF")) {
    refuse_encoding(path, "UTF-16 (big-endian)", "UTF-16BE");
  }
  if (const auto kind = kind_of(head)) {
    throw StorageError({path, "", std::string(kind->name), "text in UTF-8",
                        std::string(kind->remedy)});
  }
  require_no_zeros(path, head);
}

}  // namespace

TextFile::TextFile(std::string path)
    : path_(std::move(path)), file_(path_, std::ios::binary) {
  if (std::filesystem::is_directory(path_)) {
    throw StorageError({path_, "", "a folder", "a file", ""});
  }
  if (!file_) throw file_error(path_, "", errno);
  head_.resize(kHead);
  file_.read(head_.data(), static_cast<std::streamsize>(head_.size()));
  if (file_.bad()) throw file_error(path_, "", errno);
  head_.resize(static_cast<std::size_t>(file_.gcount()));
  if (head_.starts_with(kMark)) begin_ = at_ = kMark.size();
  require_text(path_, head());
}

std::string_view TextFile::head() const {
  return std::string_view(head_).substr(begin_);
}

int TextFile::get() {
  int c = -1;
  if (at_ < head_.size()) {
    c = static_cast<unsigned char>(head_[at_++]);
  } else if (file_) {
    c = file_.get();
    if (file_.bad()) throw file_error(where(), "", errno);
  }
  if (c >= 0 && line_ended_) ++line_;
  if (c >= 0) line_ended_ = c == '\n';
  return c;
}

bool TextFile::next(std::string& line) {
  line.clear();
  // Not std::getline: it would gather a line without end before its length
  // can be looked at.
  int c = get();
  const bool there = c >= 0;
  for (; c >= 0 && c != '\n'; c = get()) {
    line += static_cast<char>(c);
    if (line.size() > kLongestText) {
      throw StorageError({where(), "", "a line of more than 64 MiB",
                          "one text a line", "is this a text file?"});
    }
  }
  require_utf8(line, where());
  return there;
}

void require_utf8(std::string_view text, const std::string& where) {
  const std::size_t bad = first_bad_byte(text);
  if (bad == std::string_view::npos) return;
  throw StorageError(
      {where, fmt::format("byte {}", bad + 1),
       fmt::format("0x{:02X}, which is not UTF-8 there",
                   static_cast<unsigned char>(text[bad])),
       "UTF-8",
       "convert the file from what it is written in; if that is Latin-1 or "
       "Windows-1252: iconv -f WINDOWS-1252 -t UTF-8"});
}

}  // namespace coxswain::storage
