#include "storage/texts/text_file.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "storage/files/file_kind.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using namespace std::string_literals;

namespace {

std::string error_for(const std::string& content) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("d"), content);
  return tests::error_of([&] {
    TextFile file(scratch.file("d"));
    for (std::string line; file.next(line);) {
    }
  });
}

std::string utf16(const std::string& text, bool little) {
  std::string out;
  for (const char c : text) out += little ? c + "\0"s : "\0"s + c;
  return out;
}

}  // namespace

TEST_CASE("a file that is no text is refused by what it is",
          "[storage][text_file]") {
  for (const auto& [name, content] : std::map<std::string, std::string>{
           {"a gzip file", "\x1f\x8b\x08\0\0\0"s},
           {"a zip file", "PK\3\4\x14\0"s},
           {"a zstd file", "\x28\xb5\x2f\xfd\x04"},
           {"a bzip2 file", "BZh91AY&SY"},
           {"an xz file", "\xfd\x37zXZ\0\0"s},
           {"a parquet file", "PAR1\x15\x04"},
           {"an Arrow file", "ARROW1\0\0"s},
           {"an HDF5 file", "\x89HDF\r\n\x1a\n"},
           {"a NumPy file", "\x93NUMPY\1\0"s},
           {"a GGUF model", "GGUF\3\0\0\0"s},
           {"a safetensors file", "\x40\0\0\0\0\0\0\0{\"a\":"s},
           {"a pickle", "\x80\x04\x95"},
           {"a PDF", "%PDF-1.4\n"},
           {"a Git LFS pointer",
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\n"},
           {"a git-annex pointer", "/annex/objects/SHA256E-s1--00\n"},
           {"an HTML page", "\n <!DOCTYPE HTML>\n<html>"},
           {"an HTML page", "<html lang=en>"},
           {"a server's answer", "404: Not Found"},
           {"the vocabulary of a tokenizer", "IQ== 0\nIg== 1\n"},
           {"an XML file", "<?xml version=\"1.0\"?>"},
           {"an RTF file", "{\\rtf1 x}"},
           {"the tokenizer.json",
            "{\n  \"version\": \"1.0\",\n  \"added_tokens\": []}"},
           {"the tokenizer_config.json", "{\"tokenizer_class\": \"X\"}"},
           {"the config.json",
            "{\"architectures\": [\"X\"], \"model_type\": \"x\"}"},
           {"an index of a model's weights", "{\"weight_map\": {}}"},
           {"the merges.txt of a tokenizer", "#version: 0.2\na b\n"},
           {"a tokenizer.model", "\x0a\x0e\x0a\x05<unk>\x15"}}) {
    INFO(name);
    CHECK_THAT(error_for(content), Catch::Contains("d: " + name) &&
                                       Catch::Contains("expected text"));
  }
  CHECK_THAT(error_for("version https://git-lfs.github.com/spec/v1\n"),
             Catch::Contains("git lfs pull"));
}

TEST_CASE("an encoding that is not UTF-8 is refused by its name",
          "[storage][text_file]") {
  const std::string text = "{\"question\": \"Is it so?\"}\n";
  CHECK_THAT(error_for("\xff\xfe" + utf16(text, true)),
             Catch::Contains("UTF-16 (little-endian), expected UTF-8") &&
                 Catch::Contains("iconv -f UTF-16LE"));
  CHECK_THAT(error_for("\xfe\xff" + utf16(text, false)),
             Catch::Contains("UTF-16 (big-endian)"));
  CHECK_THAT(error_for(utf16(text, true)),
             Catch::Contains("UTF-16 (little-endian, without a mark)"));
  CHECK_THAT(error_for(utf16(text, false)),
             Catch::Contains("UTF-16 (big-endian, without a mark)"));
  CHECK_THAT(error_for("\xff\xfe\0\0a\0\0\0"s), Catch::Contains("UTF-32"));
  CHECK_THAT(error_for("ab\0c"s), Catch::Contains("byte 2: a zero"));
  for (const char* bad : {"caf\xe9 au lait", "\x93quoted\x94", "a\xc0\xaf",
                          "cut \xe2\x82", "\xed\xa0\xbd"}) {
    INFO(bad);
    CHECK_THAT(error_for("fine\n"s + bad + "\n"),
               Catch::Contains("d:2: byte ") && Catch::Contains("not UTF-8") &&
                   Catch::Contains("WINDOWS-1252"));
  }
  CHECK_THAT(error_for("caf\xe9"), Catch::Contains("d:1: byte 4: 0xE9"));
}

TEST_CASE("lines come as they are, without a mark", "[storage][text_file]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("d"), "\xEF\xBB\xBFone\r\n\n\u00e9\n last");
  TextFile file(scratch.file("d"));
  CHECK(file.head() == "one\r\n\n\u00e9\n last");
  std::vector<std::string> lines;
  for (std::string line; file.next(line);) {
    lines.push_back(line);
    CHECK(file.line() == std::ssize(lines));
  }
  CHECK(lines == std::vector<std::string>{"one\r", "", "\u00e9", " last"});
  tests::write_file(scratch.file("e"), "");
  std::string none;
  CHECK_FALSE(TextFile(scratch.file("e")).next(none));
  // Longer than the head.
  std::string text(2 * kHead, 'x');
  text += "\ny";
  tests::write_file(scratch.file("f"), text);
  TextFile longer(scratch.file("f"));
  REQUIRE(longer.next(none));
  CHECK(none.size() == 2 * kHead);
  REQUIRE(longer.next(none));
  CHECK(none == "y");
}
